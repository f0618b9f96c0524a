"""What a page shows at first."""

from pydantic import BaseModel

from app.schemas.accounts import Me
from app.schemas.todos import TodoPage


class Visit(BaseModel):
    """Who is visiting, and a page of the visitor's todos."""

    me: Me
    todos: TodoPage
