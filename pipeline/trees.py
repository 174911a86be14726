"""A list of words as one pattern, written as a tree: a character of a text is looked at once, however long the list."""

from __future__ import annotations

from collections.abc import Iterable

Tree = dict[str, "Tree"]

# under this key a word ends
END = ""


def tree_of(words: Iterable[Iterable[str]]) -> Tree:
    """Words, each as its pieces (patterns of a character or so), by their common beginnings."""
    tree: Tree = {}
    for pieces in words:
        node = tree
        for piece in pieces:
            node = node.setdefault(piece, {})
        node[END] = {}
    return tree


def spelled(tree: Tree) -> str:
    """The pattern for any word of a tree; of two at one place the longer is tried first."""
    return _joined(tree, [piece + spelled(rest) for piece, rest in _branches(tree)])


def spelled_backward(tree: Tree) -> str:
    """The same for a tree of words with their pieces in reverse, in a pattern that is read from right to left."""
    return _joined(tree, [spelled_backward(rest) + piece for piece, rest in _branches(tree)])


def _branches(tree: Tree) -> list[tuple[str, Tree]]:
    return sorted((item for item in tree.items() if item[0] != END), key=lambda item: item[0], reverse=True)


def _joined(tree: Tree, branches: list[str]) -> str:
    if not branches:
        return ""
    if END in tree:
        return f"(?:{'|'.join(branches)})?"
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
