"""`graphtape rules`: lists the rules of the contract, or explains one."""

import json
from collections.abc import Iterable, Iterator

import click

from graphtape_contracts import catalogue
from graphtape_contracts.catalogue import UnknownRule, UnknownVersion, versions
from graphtape_contracts.rule import AnyRule


@click.command(short_help="List the rules of the contract.")
@click.argument("id_", metavar="[ID]", required=False)
@click.option(
    "--contract",
    metavar="VERSION",
    help=f"The version of the contract: {', '.join(versions())}; the newest by default.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text to read, json for programs.",
)
def rules(id_: str | None, contract: str | None, layout: str) -> None:
    """List the rules of the contract, or explain the rule ID.

    \b
    graphtape rules
    graphtape rules framing.utf8
    """
    try:
        selected = catalogue.select_rules(contract)
        if id_ is not None:
            catalogue.find_rule(id_)
            selected = tuple(rule for rule in selected if rule.id == id_)
            if not selected:
                raise click.ClickException(
                    f"the contract {contract} has no rule {id_!r}; a later version has it"
                )
    except (UnknownRule, UnknownVersion) as error:
        raise click.ClickException(f"{error}; `graphtape rules` lists all") from None
    if layout == "json":
        click.echo(json.dumps([_described(rule) for rule in selected], indent=2))
        return
    for line in _listed(selected) if id_ is None else _explained(selected[0]):
        click.echo(line)


def _listed(selected: Iterable[AnyRule]) -> Iterator[str]:
    for rule in selected:
        yield f"{rule.id:<40} {rule.level:<6} {rule.statement}"


def _explained(rule: AnyRule) -> Iterator[str]:
    yield f"{rule.id} ({rule.level})"
    yield f"  statement: {rule.statement}"
    yield f"  about:     {catalogue.subject_of(rule)}"
    yield f"  servers:   {catalogue.dialects_of(rule)}"
    yield f"  source:    {rule.source}"


def _described(rule: AnyRule) -> dict[str, object]:
    return {
        "id": rule.id,
        "level": rule.level,
        "statement": rule.statement,
        "about": catalogue.subject_of(rule),
        "dialects": None if rule.dialects is None else sorted(rule.dialects),
        "source": rule.source,
    }
