"""Repeating todos: the rhythm as arithmetic, and completing one as a browser does it."""

import calendar
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import anyio
import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import TextClause, text
from sqlalchemy.exc import IntegrityError

from app.core.db import Database
from app.due import FIRST_DATE, LAST_DATE, Due, zone_names
from app.models import Repeat
from app.services.repeat import next_date, next_due
from tests.test_todos import create, patch, titles

days = st.dates(FIRST_DATE, LAST_DATE - timedelta(days=31))
repeats = st.sampled_from(Repeat)


@given(due=days, today=days, repeat=repeats)
def test_the_next_date_is_the_first_of_the_rhythm_after_both(due: date, today: date, repeat: Repeat) -> None:
    found = next_date(due, repeat, today)

    latest = max(due, today)
    assert found is not None
    assert found > latest
    gap = range(1, (found - latest).days)
    skipped = [latest + timedelta(days=number) for number in gap]
    match repeat:
        case Repeat.DAILY:
            assert not skipped
        case Repeat.WEEKDAYS:
            assert found.weekday() < 5
            assert all(day.weekday() >= 5 for day in skipped)
        case Repeat.WEEKLY:
            assert found.weekday() == due.weekday()
            assert len(skipped) < 7
        case Repeat.MONTHLY:
            last = calendar.monthrange(found.year, found.month)[1]
            assert found.day == min(due.day, last)
            assert len(skipped) < 31


@pytest.mark.parametrize(
    ("repeat", "due", "now", "following"),
    [
        (Repeat.DAILY, "2026-11-24 22:00", "2026-11-25 13:25", "2026-11-25 22:00"),
        (Repeat.DAILY, "2026-11-25 22:00", "2026-11-25 13:25", "2026-11-26 22:00"),
        (Repeat.DAILY, "2026-11-20 08:00", "2026-11-25 13:25", "2026-11-26 08:00"),
        (Repeat.DAILY, "2026-11-24", "2026-11-25 13:25", "2026-11-25"),
        (Repeat.DAILY, "2026-11-25", "2026-11-25 23:59", "2026-11-26"),
        (Repeat.DAILY, "2026-11-24 13:25", "2026-11-25 13:25", "2026-11-26 13:25"),
        (Repeat.WEEKDAYS, "2026-11-24 22:00", "2026-11-25 13:25", "2026-11-25 22:00"),
        (Repeat.WEEKDAYS, "2026-11-20 22:00", "2026-11-21 13:25", "2026-11-23 22:00"),
        (Repeat.WEEKDAYS, "2026-11-20 22:00", "2026-11-23 13:25", "2026-11-23 22:00"),
        (Repeat.WEEKLY, "2026-11-18 22:00", "2026-11-25 13:25", "2026-11-25 22:00"),
        (Repeat.WEEKLY, "2026-11-18 09:00", "2026-11-25 13:25", "2026-12-02 09:00"),
        (Repeat.WEEKLY, "2026-11-18", "2026-11-25 13:25", "2026-11-25"),
        (Repeat.MONTHLY, "2026-10-25 22:00", "2026-11-25 13:25", "2026-11-25 22:00"),
        (Repeat.MONTHLY, "2026-10-25 09:00", "2026-11-25 13:25", "2026-12-25 09:00"),
        (Repeat.MONTHLY, "2026-10-25", "2026-11-25 13:25", "2026-11-25"),
        (Repeat.DAILY, "2026-12-31 22:00", "2026-12-31 23:00", "2027-01-01 22:00"),
        (Repeat.DAILY, "2027-03-13 02:30", "2027-03-14 02:45", "2027-03-15 02:30"),
        (Repeat.DAILY, "2026-10-31 01:30", "2026-11-01 00:59", "2026-11-01 01:30"),
        (Repeat.WEEKDAYS, "2026-11-27 09:00", "2026-11-29 13:25", "2026-11-30 09:00"),
        (Repeat.WEEKLY, "2020-01-01", "2026-11-25 13:25", "2026-11-25"),
        (Repeat.MONTHLY, "2027-01-31 09:00", "2027-02-28 08:00", "2027-02-28 09:00"),
        (Repeat.MONTHLY, "2027-01-31 09:00", "2027-02-28 10:00", "2027-03-31 09:00"),
        (Repeat.MONTHLY, "2028-01-30", "2028-02-29 23:58", "2028-02-29"),
    ],
)
def test_the_next_instant_is_the_first_after_both(repeat: Repeat, due: str, now: str, following: str) -> None:
    def read(text: str) -> Due:
        day, _, clock = text.partition(" ")
        return Due.of(date.fromisoformat(day), time.fromisoformat(clock) if clock else None, "America/New_York")

    found = next_due(read(due), repeat, read(now).at)

    assert found == read(following)


@given(
    due=st.builds(Due.of, days, st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0)),
                  st.sampled_from(["UTC", "Pacific/Kiritimati", "America/New_York", "Asia/Kathmandu"])),
    gap=st.timedeltas(timedelta(0), timedelta(days=70)),
    repeat=repeats,
)  # fmt: skip
def test_no_instant_of_the_rhythm_is_left_out(due: Due, gap: timedelta, repeat: Repeat) -> None:
    try:
        now = due.at + gap - timedelta(days=7)
    except OverflowError:
        return
    following = next_due(due, repeat, now)
    if following is None:
        return
    assert following.at > max(due.at, now)
    step: date | None = due.date
    while step is not None and step < following.date:  # one by one, from the last
        assert step == due.date or Due.of(step, due.time, due.zone).at <= now
        step = next_date(step, repeat, step, due.date.day)
    assert step == following.date


@given(due=days, steps=st.integers(1, 40))
def test_a_monthly_rhythm_comes_every_month_and_keeps_its_day(due: date, steps: int) -> None:
    day = due
    for number in range(1, steps + 1):
        following = next_date(day, Repeat.MONTHLY, day, due.day)
        if following is None:
            assert day > LAST_DATE - timedelta(days=62)
            return
        year, month = divmod(due.year * 12 + due.month - 1 + number, 12)
        last = calendar.monthrange(year, month + 1)[1]
        assert following == date(year, month + 1, min(due.day, last))
        day = following


@pytest.mark.parametrize("repeat", Repeat)
@pytest.mark.parametrize("today", [LAST_DATE, date.max])
def test_the_end_of_the_calendar_ends_the_rhythm(repeat: Repeat, today: date) -> None:
    assert next_date(LAST_DATE, repeat, today) is None
    assert next_date(FIRST_DATE, repeat, today) is None


@given(
    day=st.dates(FIRST_DATE, date(2100, 1, 1)),
    clock=st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=st.sampled_from(sorted(zone_names())),
)
def test_an_instant_shows_its_own_time_in_its_zone(day: date, clock: time | None, zone: str) -> None:
    there = ZoneInfo(zone)
    wall = datetime.combine(day, clock or time(23, 59, 59))

    def show(moment: datetime) -> datetime:
        return moment.astimezone(UTC).astimezone(there).replace(tzinfo=None, fold=0)

    at = Due.of(day, clock, zone).at
    if show(at) == wall:
        assert clock is not None or show(at + timedelta(seconds=1)).date() > day, "the day is over then"
    else:
        assert wall not in [show(wall.replace(tzinfo=there, fold=fold)) for fold in (0, 1)], "the clocks skip it"


DUE = {"date": "2026-01-31", "time": "09:00", "zone": "Pacific/Auckland"}


@pytest.mark.anyio
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
async def test_completing_makes_the_next_occurrence(client: httpx2.AsyncClient, zone: str) -> None:
    before = datetime.now(ZoneInfo(zone))
    todo = await create(
        client, "water", description="all", priority="high", tags=["home"], due={**DUE, "zone": zone}, repeat="daily"
    )

    done = (await patch(client, todo, completed=True)).json()

    assert (done["completed"], done["repeat"], done["due"], done["version"]) == (True, None, todo["due"], 2)
    [following] = (await client.get("/api/todos?status=pending")).json()["items"]
    moments = (before, datetime.now(ZoneInfo(zone)))  # nine o'clock may come in between
    assert following["due"]["date"] in {(now.date() + timedelta(days=now.hour >= 9)).isoformat() for now in moments}
    for field in ("title", "description", "priority", "tags", "repeat"):
        assert following[field] == todo[field]
    assert (following["due"]["time"], following["due"]["zone"], following["version"]) == ("09:00", zone, 1)
    assert following["position"] < todo["position"], "it is a new todo, so it is on top"


@pytest.mark.anyio
async def test_a_monthly_todo_keeps_the_day_that_it_began_with(client: httpx2.AsyncClient) -> None:
    todo = await create(client, due={**DUE, "date": "2126-01-31"}, repeat="monthly")
    dates = []
    for _ in range(3):
        await patch(client, todo, completed=True)
        [todo] = (await client.get("/api/todos?status=pending")).json()["items"]
        dates.append(todo["due"]["date"])
    assert dates == ["2126-02-28", "2126-03-31", "2126-04-30"]

    moved = (await patch(client, todo, due={**DUE, "date": "2126-05-15"})).json()
    await patch(client, moved, completed=True)
    [todo] = (await client.get("/api/todos?status=pending")).json()["items"]
    assert todo["due"]["date"] == "2126-06-15", "a new date begins anew"


@pytest.mark.anyio
async def test_many_clients_complete_it_once(app: FastAPI, client: httpx2.AsyncClient) -> None:
    todo = await create(client, due=DUE, repeat="weekly")
    statuses: Counter[int] = Counter()

    async def complete() -> None:
        statuses[(await patch(client, todo, completed=True)).status_code] += 1

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(complete)

    assert statuses == {200: 1, 409: 49}
    assert (await client.get("/api/todos")).json()["counts"] == {"total": 2, "pending": 1, "completed": 1}
    [row] = (await client.get("/api/todos?status=pending")).json()["items"]
    database: Database = app.state.database
    another = text(
        "INSERT INTO todos (id, account_id, title, description, version, repeated_from) "
        "SELECT gen_random_uuid(), account_id, title, description, 1, repeated_from FROM todos WHERE id = :id"
    )
    with pytest.raises(IntegrityError, match="uq_todos_repeated_from"):
        await run(database, another, id=row["id"])


async def run(database: Database, statement: TextClause, **parameters: object) -> None:
    async with database.transaction() as db:
        await db.execute(statement, parameters)


@pytest.mark.anyio
async def test_taking_a_completion_back(client: httpx2.AsyncClient) -> None:
    todo = await create(client, due={**DUE, "date": "2026-01-31"}, repeat="monthly")
    done = (await patch(client, todo, completed=True)).json()

    reopened = (await patch(client, done, completed=False)).json()

    assert (reopened["repeat"], reopened["completed_at"], reopened["version"]) == ("monthly", None, 3)
    assert [item["id"] for item in (await client.get("/api/todos")).json()["items"]] == [todo["id"]]
    await patch(client, reopened, completed=True)
    assert (await client.get("/api/todos")).json()["counts"]["total"] == 2, "it repeats again"


@pytest.mark.anyio
@pytest.mark.parametrize("change", ["title", "delete"])
async def test_a_next_occurrence_that_was_touched_stays(client: httpx2.AsyncClient, change: str) -> None:
    todo = await create(client, "first", due=DUE, repeat="weekly")
    done = (await patch(client, todo, completed=True)).json()
    [following] = (await client.get("/api/todos?status=pending")).json()["items"]
    if change == "title":
        await patch(client, following, title="second")
    else:
        await client.delete(f"/api/todos/{following['id']}")

    reopened = (await patch(client, done, completed=False)).json()

    assert reopened["repeat"] is None
    assert await titles(client) == (["second", "first"] if change == "title" else ["first"])
    again = (await patch(client, reopened, repeat="daily", completed=True)).json()
    assert again["repeat"] is None
    assert len(await titles(client)) == (3 if change == "title" else 2), "it is a rhythm of its own now"
