"""The URL of a database, judged before anything connects.

magefiles/internal/databaseurl says the same in Go, so that a deployment refuses what the backend would refuse. One
table of cases holds both together: tests/database_urls.json.
"""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import unquote

from psycopg.pq import Conninfo
from sqlalchemy import URL, make_url

SCHEMES = {"postgres", "postgresql", "postgresql+psycopg"}

# A URL has a place for some of libpq's parameters; files of settings are not where the backend runs.
OPTIONS = {option.keyword.decode() for option in Conninfo.get_defaults()} - {
    *("user", "password", "dbname", "hostaddr", "port", "service", "passfile"),
}

# As SQLAlchemy has it: a password ends at the first @.
_USERINFO = re.compile(r"[^:/]*://(?:[^:/]*(?::[^@]*)?@)?", re.DOTALL)
_PORT = re.compile(r"(?:\[[^/?]+\]|[^/:?]+)?(:[^/?]*)?")
_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?")
_NUMERIC = re.compile(r"(^|\.)(0[xX][0-9A-Fa-f]*|[0-9]+)\.?$")  # 127.1 and the like, which resolvers still know
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def parse_database_url(text: str) -> URL:
    """Turn a URL as users write it into the driver's.

    Raises:
        ValueError: It cannot be used. The message shows no part of the text: any may be secret.
    """
    scheme, found, _ = text.partition("://")
    if not found or scheme not in SCHEMES:
        raise ValueError("does not begin with postgresql:// in small letters")
    _check_characters(text)
    rest = _USERINFO.sub("", text, count=1)
    if "@" in rest:
        raise ValueError("has an @ too many: write @ as %40 in the password")
    port = _PORT.match(rest)
    if port and port[1] and not (re.fullmatch(":[1-9][0-9]{0,4}", port[1]) and int(port[1][1:]) < 65536):
        raise ValueError("has a port that is no number from 1 to 65535")
    url = make_url(text).set(drivername="postgresql+psycopg")
    if not url.query.keys() <= OPTIONS:
        raise ValueError("has an option after the ? that is none of PostgreSQL's, or whose place is before the ?")
    if not all(isinstance(value, str) for value in url.query.values()):
        raise ValueError("has an option twice after the ?")
    socket = str(url.query.get("host", ""))
    if socket and not socket.startswith("/"):
        raise ValueError("has a host after the ?: write it before the database, or several as HOST,HOST")
    hosts = [socket] if socket else (url.host or "").split(",")
    if not (url.username and url.database and all(hosts)):
        raise ValueError("names no user, no host or no database")
    if not socket and not all(map(_is_host, hosts)):
        raise ValueError("has a host that is neither a name nor an IP address")
    return url


def _check_characters(text: str) -> None:
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        plain = ""
    if not plain or _BROKEN_ESCAPE.search(text):
        raise ValueError("has a % that begins no character: write % as %25")
    if any(unicodedata.category(character) == "Cc" for character in plain):
        raise ValueError("holds a line end or another control character")


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return bool(_NAME.fullmatch(text)) and not _NUMERIC.search(text)
    return True
