"""A list endpoint of the shape that fastapi/full-stack-fastapi-template has, over the rows of the app's own todos.

The template itself needs a newer Python than the app. What makes its shape is kept: SQLModel models, a synchronous handler
in the thread pool, a bearer token whose user is looked up in each request, a count beside each page, pages by offset.
Called with the database's URL, the port and the account whose todos are taken; prints the token, then serves.
"""

import sys
import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated

import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import DateTime, text
from sqlmodel import Field, Session, SQLModel, col, create_engine, func, select

SECRET = uuid.uuid4().hex
engine = create_engine(sys.argv[1].replace("postgresql://", "postgresql+psycopg://"))
bearer = OAuth2PasswordBearer(tokenUrl="/token")
app = FastAPI()


class User(SQLModel, table=True):
    __tablename__ = "peer_user"
    id: uuid.UUID = Field(primary_key=True)
    email: str = Field(unique=True, index=True, max_length=255)
    is_active: bool = True


class ItemPublic(SQLModel):
    title: str = Field(min_length=1, max_length=255)
    description: str | None = Field(default=None, max_length=1000)
    id: uuid.UUID = Field(primary_key=True)
    owner_id: uuid.UUID = Field(foreign_key="peer_user.id", nullable=False)
    created_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Item(ItemPublic, table=True):
    __tablename__ = "peer_item"


class ItemsPublic(SQLModel):
    data: list[ItemPublic]
    count: int


def get_db():
    with Session(engine) as session:
        yield session


Database = Annotated[Session, Depends(get_db)]


def current_user(session: Database, token: Annotated[str, Depends(bearer)]) -> User:
    try:
        payload = jwt.decode(token, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(403) from None
    user = session.get(User, uuid.UUID(payload["sub"]))
    if not user or not user.is_active:
        raise HTTPException(404)
    return user


@app.get("/items/", response_model=ItemsPublic)
def read_items(session: Database, user: Annotated[User, Depends(current_user)], skip: int = 0, limit: int = 100):
    mine = Item.owner_id == user.id
    count = session.exec(select(func.count()).select_from(Item).where(mine)).one()
    page = select(Item).where(mine).order_by(col(Item.created_at).desc()).offset(skip).limit(limit)
    return ItemsPublic(data=[ItemPublic.model_validate(item) for item in session.exec(page).all()], count=count)


def main() -> None:
    account = uuid.UUID(sys.argv[3])
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(id=account, email="peer@example.com"))
        session.flush()
        columns = "id, title, description, created_at"
        copy = f"INSERT INTO peer_item ({columns}, owner_id) SELECT {columns}, account_id FROM todos WHERE account_id = :a"
        session.execute(text(copy), {"a": account})
        session.commit()
    token = jwt.encode({"sub": str(account), "exp": datetime.now(UTC) + timedelta(days=1)}, SECRET, algorithm="HS256")
    print(token, flush=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), http="httptools", access_log=False, log_level="warning")


main()
