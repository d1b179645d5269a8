"""What Django does for each value of a page, done in fewer steps with the same result.

A page looks up some five hundred values and escapes as many. Django's way serves every kind of object, lazy text and
debugging; ours takes the short way for what pages are made of (text, dictionaries, plain objects) and hands everything
else, errors included, to Django's own. Only templates read by `ihala.core.folding` are drawn so.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from django.template import Context, NodeList
from django.template.base import (
    FilterExpression,
    Variable,
    VariableDoesNotExist,
    VariableNode,
    render_value_in_context,
)
from django.template.defaulttags import TemplateLiteral
from django.template.loader_tags import IncludeNode
from django.template.smartif import TokenBase
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

_RELATIVE = ("./", "../")


def escaped(value: object) -> str:
    """As `conditional_escape`, without asking of plain text whether it is lazy."""
    kind = type(value)
    if kind is SafeString:
        return value  # type: ignore[return-value]
    return escape(value) if kind is str else conditional_escape(value)  # type: ignore[arg-type]


def drawn(pattern: str, *values: object) -> SafeString:
    """As `format_html`: the values, escaped unless they are markup, in their places."""
    return SafeString(pattern.format(*map(escaped, values)))


class QuickVariable(Variable):
    """A name with its dots, looked up in dictionaries and plain objects; what is not found so is Django's to say."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        """The value. An error is met again, and answered, by Django's own way."""
        if self.lookups is None or self.translate:
            return super().resolve(context)
        try:
            return _quickly(self.lookups, context)
        except Exception:
            return super().resolve(context)


def _quickly(lookups: tuple[str, ...], context: Any) -> Any:
    current = context
    for bit in lookups:
        kind = type(current)
        if kind is dict or current is context:
            current = current[bit]
        elif hasattr(kind, "__getitem__") and not issubclass(kind, str):
            raise LookupError
        else:
            current = getattr(current, bit)
        if callable(current) and not getattr(current, "do_not_call_in_templates", False):
            if getattr(current, "alters_data", False):
                raise LookupError
            current = current()
    return current


class QuickExpression(FilterExpression):
    """A variable without filters is its value."""

    __slots__ = ()

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        """The value; with `ignore_failures` None for what is not there."""
        if self.filters or not self.is_var:
            return super().resolve(context, ignore_failures)
        try:
            return self.var.resolve(context)
        except VariableDoesNotExist:
            return None if ignore_failures else super().resolve(context)


class QuickVariableNode(VariableNode):
    """A value where it stands in the page."""

    def render(self, context: Context) -> str:
        """Escaped; only what is no text is asked how this language writes it."""
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str and context.autoescape:
            return escape(value)
        return render_value_in_context(value, context)


class QuickNodes(NodeList):
    """Nodes without the notes that only a debugging page would show."""

    def render(self, context: Context) -> SafeString:
        """What each says, one after the other."""
        return SafeString("".join([node.render(context) for node in self]))


class QuickInclude(IncludeNode):
    """A template named in the text of another: found once, since both are of one language."""

    kept: Any = None

    def render(self, context: Any) -> Any:
        """The other template, with what it is given."""
        if self.kept is None:
            self.kept = context.template.engine.get_template(str(self.template.var))
        values = {name: value.resolve(context) for name, value in self.extra_context.items()}
        if self.isolated_context:
            return self.kept.render(context.new(values))
        with context.push(**values):
            return self.kept.render(context)


def quicken(nodes: NodeList) -> None:
    """Let these nodes be drawn the short way; what stands within them has its own turn."""
    nodes.__class__ = QuickNodes
    for node in nodes:
        for expression in _expressions(vars(node)):
            _quicken_expression(expression)
        if type(node) is VariableNode:
            node.__class__ = QuickVariableNode
        elif type(node) is IncludeNode and _is_named(node.template):
            node.__class__ = QuickInclude


def _quicken_expression(expression: FilterExpression) -> None:
    if type(expression) is FilterExpression:
        expression.__class__ = QuickExpression
    arguments = [one for _filter, given in expression.filters for is_var, one in given if is_var]
    for variable in (*([expression.var] if expression.is_var else []), *arguments):
        if type(variable) is Variable:
            variable.__class__ = QuickVariable


def _expressions(found: Any) -> Iterator[FilterExpression]:
    """Those a node holds by itself: in lists, by names, in the conditions of an `if`."""
    if isinstance(found, FilterExpression):
        yield found
    elif isinstance(found, dict):
        yield from _expressions(list(found.values()))
    elif isinstance(found, TemplateLiteral):
        yield from _expressions(found.value)
    elif isinstance(found, TokenBase):
        yield from _expressions([found.first, found.second])
    elif isinstance(found, list | tuple) and not isinstance(found, NodeList):
        for one in found:
            yield from _expressions(one)


def _is_named(template: FilterExpression) -> bool:
    named = not template.is_var and not template.filters and isinstance(template.var, str)
    return named and not template.var.startswith(_RELATIVE)
