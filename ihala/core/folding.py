"""Templates that are read once for each language, with everything that depends on nothing else folded into plain text.

Nine of ten pieces of a page are the same for everybody who reads its language: words, signs, addresses without
arguments. Django looks each of them up again for every page. This loader keeps one compiled template per language and
replaces those pieces by their text, once; what depends on the request stays as it was written. Nothing of a request is
ever kept here.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.template import Context, Node, NodeList, Template
from django.template.base import FilterExpression, TextNode
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import (
    BlockTranslateNode,
    GetCurrentLanguageBidiNode,
    GetCurrentLanguageNode,
    LanguageNode,
    TranslateNode,
)
from django.templatetags.static import StaticNode
from django.utils.translation import get_language

from .quick import quicken

Tag = Callable[..., Any]


def same_for_all(tag: Tag) -> Tag:
    """Mark a tag whose answer depends on its arguments and the language alone."""
    tag.same_for_all = True  # type: ignore[attr-defined]
    return tag


class _Read(base.Loader):
    """Compiles a template and folds it, before anybody else sees it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        _fold(template.nodelist, template)
        return template


class Loader(cached.Loader, _Read):
    """Django's cached loader with one entry per language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """The template's name in the reader's language."""
        return f"{get_language()} {super().cache_key(template_name, skip)}"


class Named(Node):
    """A name of the template that means the same for all: `{% translate "Search" as label %}`."""

    child_nodelists = ()

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value

    def render(self, context: Context) -> str:
        """Nothing to see; from here on the name is known."""
        context[self.name] = self.value
        return ""


def _fold(nodes: NodeList, template: Template) -> None:
    """Replace what is the same for all, and join the pieces of text that then stand side by side."""
    folded: list[Node] = []
    for node in nodes:
        for inner in _inside(node):
            _fold(inner, template)
        node = _plain(node, template)
        if isinstance(node, TextNode) and folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + node.s)
        else:
            folded.append(node)
    nodes[:] = folded
    quicken(nodes)


def _inside(node: Node) -> Iterator[NodeList]:
    """The node lists within a node; another language's part is text already, or left as it is."""
    if isinstance(node, LanguageNode):
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner
    for _condition, inner in getattr(node, "conditions_nodelists", ()):
        yield inner


def _plain(node: Node, template: Template) -> Node:
    """The node, or what it always says."""
    if isinstance(node, CommentNode | LoadNode):
        return TextNode("")
    if not _always_the_same(node):
        return node
    context = Context()
    with context.bind_template(template):
        said = node.render(context)
    named = [str(name) for name in context.flatten() if name not in ("True", "False", "None")]
    return Named(named[0], context[named[0]]) if named else TextNode(said)


def _always_the_same(node: Node) -> bool:
    if isinstance(node, GetCurrentLanguageNode | GetCurrentLanguageBidiNode):
        return True
    if isinstance(node, TranslateNode):
        return _literal(node.filter_expression, *filter(None, [node.message_context]))
    if isinstance(node, BlockTranslateNode):
        fixed = not (node.extra_context or node.counter or node.render_token_list(node.singular)[1])
        return fixed and _literal(*filter(None, [node.message_context]))
    if isinstance(node, StaticNode):
        return _literal(node.path)
    if isinstance(node, LanguageNode):
        inner = all(isinstance(one, TextNode) or _always_the_same(one) for one in node.nodelist)
        return _literal(node.language) and inner
    if isinstance(node, URLNode):
        return _literal(node.view_name, *node.args, *node.kwargs.values())
    if type(node) is SimpleNode and getattr(node.func, "same_for_all", False):
        return _literal(*node.args, *node.kwargs.values())
    return False


def _literal(*expressions: FilterExpression) -> bool:
    """Are all of them written out in the template?"""
    return all(not one.filters and (not one.is_var or one.var.literal is not None) for one in expressions)
