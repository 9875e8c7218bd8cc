"""Contracts of our own for import-linter (pyproject.toml, `[tool.importlinter]`)."""

from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def _line(graph: ImportGraph, importer: str, imported: str) -> object:
    details = graph.get_import_details(importer=importer, imported=imported)
    return details[0]["line_number"] if details else "?"


class DoorsContract(Contract):
    """A package is entered by its doors only: services, queries and the nouns it publishes.

    Fields: `packages` whose rooms are guarded; `doors`, the rooms that anybody may import; `entrances`, further rooms
    for one importer each, written `importer -> room`, where the importer is a package (`app`) or a room (`*.cli`).
    """

    type_name = "doors"

    packages = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    entrances = fields.SetField(subfield=fields.StringField(), required=False, default=set())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # the signature is import-linter's
        """Look at every import that crosses from one package into another."""
        del verbose
        packages = cast("set[str]", self.packages)
        broken: list[str] = []
        for package in sorted(packages):
            inside = {package, *graph.find_descendants(package)}
            broken += [
                f"{importer} -> {imported} (l.{_line(graph, importer, imported)})"
                for imported in sorted(inside)
                for importer in sorted(graph.find_modules_that_directly_import(imported))
                if importer not in inside and not self._may_enter(importer, imported)
            ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _may_enter(self, importer: str, imported: str) -> bool:
        parts = imported.split(".")
        if len(parts) < 2:  # noqa: PLR2004  # the package itself: it holds no code
            return False
        room = parts[1]
        importer_parts = importer.split(".")
        importer_names = {importer_parts[0], *(f"*.{part}" for part in importer_parts[1:2])}
        allowed = {
            tuple(part.strip() for part in entrance.split("->")) for entrance in cast("set[str]", self.entrances)
        }
        return room in cast("set[str]", self.doors) or any(
            (name, target) in allowed for name in importer_names for target in (room, f"{parts[0]}.{room}")
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say what was entered by the window, and what to do."""
        output.print_error(
            "Enter another package by these rooms only: " + ", ".join(sorted(cast("set[str]", self.doors)))
        )
        output.print_error("Move what you need into one of them, or ask that package's service to do it.")
        for line in check.metadata["broken"]:
            output.print_error(f"- {line}")
