"""A strict reader of HTML pages for the tests of the report."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("meta", "input"))
SHAPES = frozenset(("line", "rect"))
"""Self-closing elements of SVG."""


@dataclass
class Node:
    """An element."""

    tag: str
    attributes: dict[str, str]
    children: "list[Node | str]" = field(default_factory=list["Node | str"])

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag: str, class_: str = "") -> "list[Node]":
        """Return the elements in it with that *tag* and *class_*, in the order of the page."""
        found: list[Node] = []
        for child in self.children:
            if isinstance(child, Node):
                classes = child.attributes.get("class", "").split()
                if child.tag == tag and (not class_ or class_ in classes):
                    found.append(child)
                found += child.all(tag, class_)
        return found

    def one(self, tag: str, class_: str = "") -> "Node":
        """Return the only element in it with that *tag* and *class_*."""
        (found,) = self.all(tag, class_)
        return found

    def with_id(self, id_: str) -> "Node":
        """Return the only element in it with that id."""
        (found,) = [node for node in self.every() if node.attributes.get("id") == id_]
        return found

    def every(self) -> "list[Node]":
        """Return all elements in it."""
        below = [child for child in self.children if isinstance(child, Node)]
        return [each for child in below for each in (child, *child.every())]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES, f"<{tag}/> must not be self-closing"
        self._open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        node = self._open.pop()
        assert node.tag == tag, f"</{tag}> ends <{node.tag}>"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def close(self) -> None:
        super().close()
        assert len(self._open) == 1, f"<{self._open[-1].tag}> is not closed"


def read_page(page: str) -> Node:
    """Return the elements of *page*; fail if they are not balanced."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.root


def texts(nodes: Iterable[Node]) -> list[str]:
    """Return the text of each of *nodes*."""
    return [node.text for node in nodes]
