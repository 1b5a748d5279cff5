"""What waits to leave, as the database is asked for it: by precedence, then in order of signing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select

from openline.forms.precedence import Precedence
from openline.line import routing
from openline.station.hot import Hot, slot
from openline.station.tables import messages

_m = messages.c
_RANKS = range(len(Precedence))
AT_ANY_TIME = (routing.AT_ANY_TIME,) * len(_RANKS)
"""By rank of precedence: all of it may leave."""
AT_NO_TIME = (routing.NEVER,) * len(_RANKS)
"""And none of it."""

_OF_PEER = (_m.peer == slot("peer"), _m.waiting)
_FIRST = select(_m.epoch, _m.number, _m.raw, _m.state).order_by(_m.rank, _m.pk)
_ITS_TURN = or_(*(and_(_m.rank == rank, _m.at <= slot(f"until_{rank}")) for rank in _RANKS))
_LATER = or_(*(and_(_m.rank == rank, _m.at > slot(f"until_{rank}")) for rank in _RANKS))

ALL = Hot(_FIRST.where(*_OF_PEER))
URGENT = Hot(_FIRST.where(*_OF_PEER, _m.rank <= slot("rank")))
ROUTED = Hot(_FIRST.where(*_OF_PEER, _ITS_TURN))
ROUTED_COUNT = Hot(select(func.count()).where(*_OF_PEER, _ITS_TURN))
OLDEST_LATER = Hot(select(_m.rank, func.min(_m.at)).where(*_OF_PEER, _LATER).group_by(_m.rank))
QUEUED = Hot(select(func.count()).where(*_OF_PEER))


def routed(peer: str, latest: Sequence[int], urgent_only: bool = False) -> dict[str, Any]:
    """The values of a routed statement: by rank, up to which time of signing."""
    most = Precedence.IMMEDIATE.rank if urgent_only else len(latest)
    until = {
        f"until_{rank}": at if rank <= most else routing.NEVER for rank, at in enumerate(latest)
    }
    return {"peer": peer, **until}
