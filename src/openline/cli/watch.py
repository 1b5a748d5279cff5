"""Commands about the watch list: who is on watch, how people are reached, what follows silence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from openline.cli.output import JsonFlag, printable, read_file, session, show_json, table

Person = Annotated[str, typer.Argument(help="A person on the watch list.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    watch = typer.Typer(help="Who is on watch, and who is called.", no_args_is_help=True)
    watch.command("list")(watch_list)
    watch.command("add")(watch_add)
    watch.command("remove")(watch_remove)
    watch.command("import")(watch_import)
    watch.command("handover")(watch_handover)
    watch.command("alerts")(watch_alerts)
    watch.command("policy")(watch_policy)
    app.add_typer(watch, name="watch")
    reach = typer.Typer(help="How people are reached.", no_args_is_help=True)
    reach.command("add")(reach_add)
    reach.command("list")(reach_list)
    reach.command("remove")(reach_remove)
    app.add_typer(reach, name="reach")


def watch_list(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(help="From a date or time; now if left out.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to a date or time.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Who is on watch now, and the watches to come."""
    found = session(ctx).call("watch_list", since=since, until=until)
    if as_json:
        show_json(found)
        return
    typer.echo(printable(f"on watch now: {', '.join(found['on_watch']) or 'nobody'}"))
    rows = [(w["id"], w["person"], w["start"], w["end"], w["source"]) for w in found["watches"]]
    table(("id", "person", "from", "to", "source"), rows, "no watches")


def watch_add(
    ctx: typer.Context,
    person: Person,
    start: Annotated[str, typer.Option(help="When it begins, RFC 3339.")],
    end: Annotated[str, typer.Option(help="When it ends, RFC 3339.")],
    as_json: JsonFlag = False,
) -> None:
    """Put a watch on the list; prints its number."""
    done = session(ctx).call("watch_add", person=person, start=start, end=end)
    show_json(done) if as_json else typer.echo(done["id"])


def watch_remove(
    ctx: typer.Context,
    id: Annotated[int, typer.Argument(help="The watch's number.")],
    as_json: JsonFlag = False,
) -> None:
    """Take a watch off the list."""
    done = session(ctx).call("watch_remove", id=id)
    show_json(done) if as_json else typer.echo(f"watch {id} removed")


def watch_import(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="An iCalendar file; summaries name people.")],
    as_json: JsonFlag = False,
) -> None:
    """Take a calendar's watches, in place of those that a file of that name brought before."""
    done = session(ctx).call("watch_import", name=file.name, text=read_file(file))
    if as_json:
        show_json(done)
    else:
        typer.echo(f"{done['taken']} watches taken, in place of {done['replaced']}")


def watch_handover(
    ctx: typer.Context,
    people: Annotated[
        list[str] | None, typer.Argument(help="Whose alarms to try; else all on watch.")
    ] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait.", min=1, max=600)] = 60.0,
    as_json: JsonFlag = False,
) -> None:
    """Try the alarms of whoever is on watch, and of every commander; exit 1 unless all left."""
    found = session(ctx).call("watch_handover", people=people or [], wait=wait)
    if as_json:
        show_json(found)
    else:
        _show_alerts(found["alerts"])
    raise typer.Exit(0 if found["left"] else 1)


def watch_alerts(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(help="The newest so many.", min=1)] = 50,
    as_json: JsonFlag = False,
) -> None:
    """The newest alarms that were to reach people, and whether they left."""
    found = session(ctx).call("watch_alerts", limit=limit)
    if as_json:
        show_json(found)
    else:
        _show_alerts(found["alerts"])


def _show_alerts(alerts: list[dict[str, object]]) -> None:
    states = {None: "under way", True: "left", False: "FAILED"}
    rows = [
        (a["person"], f"way {a['way']}", a["step"], a["at"], f"{states[a['left']]} {a['why']}")  # type: ignore[index]
        for a in alerts
    ]
    table(("person", "by", "step", "at", "what became of it"), rows, "no alarm went to anybody")


def watch_policy(
    ctx: typer.Context,
    line: Annotated[str, typer.Argument(help="The other side's party id.")],
    precedence: Annotated[str, typer.Option(help="Of which messages.")] = "flash",
    step: Annotated[
        list[str] | None,
        typer.Option(help="WHO=SECONDS; who: first, watch, commander, contacts, desks."),
    ] = None,
    desks: Annotated[str, typer.Option(help="LINE,LINE: whose desks are asked for help.")] = "",
    default: Annotated[bool, typer.Option("--default", help="As it is without a policy.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """What this side does when nobody answers a message of a line; shown, or set by options."""
    if step or desks or default:
        args = {"precedence": precedence, "steps": _steps(step or [])}
        args["desks"] = desks.split(",") if desks else []
        found = session(ctx).call("escalation_set", line=line, **args)
    else:
        found = session(ctx).call("escalation", line=line)
    if as_json:
        show_json(found)
        return
    rows = [
        (name, ", ".join(f"{s['who']} after {s['after_s']:g} s" for s in kept["steps"]) or "nobody")
        for name, kept in found["precedences"].items()
    ]
    table(("precedence", "called while nobody answers"), rows, "")


def _steps(given: list[str]) -> dict[str, float]:
    steps = {}
    for text in given:
        who, equals, seconds = text.partition("=")
        try:
            steps[who] = float(seconds)
        except ValueError:
            equals = ""
        if not equals:
            raise typer.BadParameter(f"{text[:40]!r} is no WHO=SECONDS")
    return steps


def reach_add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The person, as the calendar names them.")],
    ways: Annotated[
        list[str] | None, typer.Argument(help="Apprise URLs; other users may see a command line.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help='A file with one URL in each line, or "-".')
    ] = None,
    role: Annotated[str, typer.Option(help="officer, commander or contact.")] = "officer",
    place: Annotated[
        int | None, typer.Option(help="Where in the order of calling.", min=0, max=9_999)
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="In which alarms reach them; empty: the station's own.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Put a person on the list with the ways of reaching them, in place of those before."""
    given = list(ways or [])
    if file is not None:
        given += [line.strip() for line in read_file(file).splitlines() if line.strip()]
    args = {"name": name, "ways": given, "role": role, "place": place}
    done = session(ctx).call("reach_add", **args, language=language)
    if as_json:
        show_json(done)
    else:
        typer.echo(printable(f"{done['name']}: {', '.join(done['ways']) or 'by no way'}"))


def reach_list(ctx: typer.Context, as_json: JsonFlag = False) -> None:
    """Everybody on the list, in the order of calling; of their ways the kinds alone."""
    found = session(ctx).call("reach_list")
    if as_json:
        show_json(found)
        return
    rows = [
        (p["name"], p["role"], p["place"], p["language"] or None, _ways_in_short(p))
        for p in found["people"]
    ]
    table(
        ("name", "role", "place", "language", "ways"), rows, "nobody: `openline reach add NAME URL`"
    )


def _ways_in_short(person: dict[str, Any]) -> str:
    gone = [f"{each['kind']} MISSING (way {each['way']})" for each in person["missing"]]
    return ", ".join([*person["ways"], *gone]) or "none"


def reach_remove(ctx: typer.Context, name: Person, as_json: JsonFlag = False) -> None:
    """Take a person off the list, with their watches and ways."""
    done = session(ctx).call("reach_remove", name=name)
    show_json(done) if as_json else typer.echo(printable(f"{name} removed"))
