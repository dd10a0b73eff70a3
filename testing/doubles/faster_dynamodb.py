"""A faster DynamoDB in moto: the same results without repeated work.

* A transaction copied each of its tables, with all items, once for each of its writes. Here it copies a table once, and an update
  replaces the stored item by a copy before it changes it, so that copies of a table share their items.
* An item measured itself again for each attribute that it received; here once.
* Each write parsed its expressions up to three times, and an update expression was copied and walked ten times by way of abstract
  classes. Here an expression is parsed once. One that gives values to whole attributes, as nearly all of the market's do, is read
  without a walk; moto evaluates the others, and those that it refuses.
* A query sorted all items of its table, and through methods of their values; here those of its hash key. An index that contains
  some attributes converted the whole item once for each of them.
"""

from __future__ import annotations

import base64
import copy
import functools
from collections import defaultdict, deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from moto.dynamodb import comparisons, models
from moto.dynamodb import responses as dynamodb_responses
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, utilities
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import ast_nodes, executors, expressions

ITEM_MAX_BYTES = 405_000
"""The size at which moto refuses an item."""
PARSED_CONDITIONS = 2_000

_CONTAINERS = frozenset({"M", "L", "SS", "NS", "BS"})
_SETS = frozenset({"SS", "NS", "BS"})

_value_type: Any = DynamoType
_item_type: Any = Item
_table_type: Any = Table
_backend_type: Any = DynamoDBBackend
_nodes: Any = ast_nodes
_expressions: Any = expressions
_condition_type: Any = comparisons.ConditionExpressionParser
_executor_type: Any = executors.UpdateExpressionExecutor
_models: Any = models
_responses: Any = dynamodb_responses
_utilities: Any = utilities

_dynamo_to_dict = utilities.dynamo_to_dict
_update_item = DynamoDBBackend.update_item
_transact = DynamoDBBackend.transact_write_items
_query = Table.query
_project = Item.project
_execute = executors.UpdateExpressionExecutor.execute
_parse_condition = comparisons.ConditionExpressionParser.parse
_lex_condition = comparisons.ConditionExpressionParser._lex_condition_expression
_make_update = _expressions.UpdateExpressionParser.make
_Validator = _models.UpdateExpressionValidator


# -- values ----------------------------------------------------------------------------------------------------------------


def _copied_value(value: Any, memo: Any = None) -> Any:
    """Return a value that can be changed without changing this one. Only lists, maps and sets are ever changed in place."""
    kind = value.type
    if kind not in _CONTAINERS:
        return value
    copied = object.__new__(DynamoType)
    copied.type = kind
    if kind == "M":
        copied.value = {name: _copied_value(one) for name, one in value.value.items()}
    elif kind == "L":
        copied.value = [_copied_value(one) for one in value.value]
    else:
        copied.value = list(value.value)
    return copied


def _bytes_of(text: Any) -> int:
    return len(text) if isinstance(text, bytes) else len(text.encode())


def _size_of_value(value: Any) -> int:
    kind, inner = value.type, value.value
    if kind == "N":
        return len(str(inner))
    if kind == "L":
        return sum(map(_size_of_value, inner))
    if kind == "M":
        return sum(_bytes_of(name) + _size_of_value(one) for name, one in inner.items())
    if kind == "NS":
        return sum(len(str(one)) for one in inner)
    if kind in _SETS:
        return sum(map(_bytes_of, inner))
    return 1 if isinstance(inner, bool) else _bytes_of(inner)


def _regular_json_of_value(value: Any) -> dict[str, Any]:
    kind, inner = value.type, value.value
    if kind == "M":
        return {kind: {name: _regular_json_of_value(one) for name, one in inner.items()}}
    if kind == "L":
        return {kind: [_regular_json_of_value(one) for one in inner]}
    if kind in _SETS:
        return {kind: list(inner)}
    return {kind: base64.b64decode(inner) if kind == "B" and isinstance(inner, str) else inner}


def _plain(found: Any) -> Any:
    """Return what `dynamo_to_dict` does."""
    kind = type(found)
    if kind is DynamoType:
        name, inner = found.type, found.value
        if name == "M":
            return {name: {key: _plain(one) for key, one in inner.items()}}
        if name == "L":
            return {name: [_plain(one) for one in inner]}
        if name in ("S", "N", "BOOL", "NULL"):
            return {name: inner}
        return _dynamo_to_dict(found)
    if kind is dict or kind is LimitedSizeDict:
        return {name: _plain(one) for name, one in found.items()}
    if kind is list:
        return [_plain(one) for one in found]
    return found if kind in (str, int, bool) else _dynamo_to_dict(found)


def _equal(value: Any, other: Any) -> bool:
    if value.type != other.type:
        return False
    return bool(value.value == other.value if value.type == "S" else value.cast_value == other.cast_value)


def _different(value: Any, other: Any) -> bool:
    return not _equal(value, other)


def _hash(value: Any) -> int:
    return hash((value.type, value.value if value.type == "S" else value.cast_value))


def _order(value: Any) -> Any:
    return value.value if value.type == "S" else value.cast_value


# -- items and tables ------------------------------------------------------------------------------------------------------


def _make_item(item: Any, hash_key: Any, range_key: Any, attrs: dict[str, Any]) -> None:
    item.hash_key, item.range_key = hash_key, range_key
    item.attrs = LimitedSizeDict()
    for name, value in attrs.items():
        dict.__setitem__(item.attrs, name, DynamoType(value))
    _refuse_too_large(item)


def _copied_item(item: Any, memo: Any = None) -> Any:
    copied: Any = object.__new__(Item)
    copied.hash_key, copied.range_key = item.hash_key, item.range_key
    copied.attrs = LimitedSizeDict()
    for name, value in item.attrs.items():
        dict.__setitem__(copied.attrs, name, _copied_value(value))
    return copied


def _projected_item(item: Any, expressions: list[list[str]]) -> Any:
    if any(len(path) > 1 or "[" in path[0] for path in expressions):
        return _project(item, expressions)
    projected: Any = object.__new__(Item)
    projected.hash_key, projected.range_key, projected.attrs = item.hash_key, item.range_key, LimitedSizeDict()
    for (name,) in expressions:
        if name in item.attrs:
            dict.__setitem__(projected.attrs, name, item.attrs[name])
    return projected


def _size_of_item(item: Any) -> int:
    return sum(_bytes_of(name) + _size_of_value(value) for name, value in item.attrs.items())


def _refuse_too_large(item: Any) -> None:
    if _size_of_item(item) > ITEM_MAX_BYTES:
        raise ItemSizeTooLarge


@dataclass
class _Transaction:
    """The keys of a transaction's actions by table, and the copies of its tables from before its writes."""

    keys: dict[str, list[dict[str, Any]]]
    copies: dict[str, Any] = field(default_factory=dict)


_transaction: _Transaction | None = None


def _transact_once_copied(backend: Any, actions: list[dict[str, Any]]) -> None:
    global _transaction
    keys = defaultdict(list)
    for action in actions:
        for sent in action.values():
            keys[sent.get("TableName")].append(sent.get("Item", sent.get("Key", {})))
    _transaction = _Transaction(keys)
    try:
        _transact(backend, actions)
    finally:
        _transaction = None


def _copied_table(original: Any, memo: dict[int, Any]) -> Any:
    """Return a table with the same items, for no stored item is changed. Within a transaction it shares the partitions without a
    write."""
    if _transaction is None:
        return _new_table(original, list(original.items))
    if original.name not in _transaction.copies:
        keys = [key[name] for key in _transaction.keys[original.name] if (name := original.hash_key_attr) in key]
        _transaction.copies[original.name] = _new_table(original, [DynamoType(key) for key in keys])
    return _transaction.copies[original.name]


def _new_table(original: Any, hash_keys: list[Any]) -> Any:
    """Return a copy of the table in which these partitions are copies too."""
    copied: Any = object.__new__(_table_type)
    for name, value in vars(original).items():
        setattr(copied, name, copy.copy(value) if type(value) in (dict, list) else value)
    copied.items = original.items.copy()
    for hash_key in hash_keys:
        if isinstance(found := original.items.get(hash_key), dict):
            copied.items[hash_key] = dict(found)
    if original.stream_shard is not None:
        copied.stream_shard = copy.copy(original.stream_shard)
        copied.stream_shard.table, copied.stream_shard.items = copied, list(original.stream_shard.items)
    return copied


def _all_items(of: Any) -> list[Any]:
    if not of.range_key_attr:
        return sorted(of.items.values(), key=lambda item: _order(item.hash_key))
    items = [item for found in of.items.values() for item in found.values()]
    items.sort(key=lambda item: (_order(item.hash_key), _order(item.range_key)))
    return items


def _query_partition(
    of: Any,
    hash_key: Any,
    comparison: Any,
    objects: Any,
    limit: Any,
    start: Any,
    forward: Any,
    projection: Any,
    index: Any = None,
    *arguments: Any,
    **named: Any,
) -> Any:
    """Query a table that has only the items of the partition, or those that the index has for the hash key."""
    part: Any = object.__new__(_table_type)
    vars(part).update(vars(of))
    if index is None:
        part.items = {hash_key: of.items[hash_key]} if hash_key in of.items else {}
    elif of.range_key_attr and named.get("hash_key_conditions"):
        name, wanted = named["hash_key_conditions"][0]
        part.all_items = lambda: [
            item
            for found in of.items.values()
            for item in found.values()
            if (value := item.attrs.get(name)) is not None
            and value.type == wanted.type
            and (value.value == wanted.value or (value.type != "S" and value == wanted))
        ]
    return _query(part, hash_key, comparison, objects, limit, start, forward, projection, index, *arguments, **named)


def _sorted_items(of: Any, hash_keys: list[str], range_keys: list[str | None], items: list[Any]) -> list[Any]:
    names = of._generate_attr_to_sort_by(hash_keys, range_keys)
    items.sort(key=lambda item: tuple([_order(item.attrs[name]) for name in names]))
    return items


def _update_copy(backend: Any, table_name: str, key: dict[str, Any], *arguments: Any, **named: Any) -> Any:
    """Update a copy of the stored item, which takes its place. If the update fails, the table is as before."""
    of = backend.get_table(table_name)
    if of.hash_key_attr not in key or (of.range_key_attr is not None and of.range_key_attr not in key):
        return _update_item(backend, table_name, key, *arguments, **named)
    place, name = of.items, DynamoType(key[of.hash_key_attr])
    if of.range_key_attr is not None:
        place, name = of.items[name], DynamoType(key[of.range_key_attr])
    stored = place.get(name)
    if stored is not None:
        place[name] = _copied_item(stored)
    try:
        return _update_item(backend, table_name, key, *arguments, **named)
    except Exception:
        place.pop(name, None)
        if stored is not None:
            place[name] = stored
        raise


def _execute_and_measure(executor: Any, node: Any = None) -> None:
    if isinstance(executor.update_ast, _NewValues):
        executor.update_ast.give_to(executor.item)
    else:
        _execute(executor, node)
    if node is None:
        _refuse_too_large(executor.item)


class _NewValues:
    """The values of whole attributes after an update, None for an attribute that it removes: moto's validator and its result."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def validate(self) -> _NewValues:
        return self

    def normalize(self) -> None:
        """Do nothing: the order of actions on different attributes does not matter."""

    def give_to(self, item: Any) -> None:
        for name, value in self._values.items():
            if value is None:
                item.attrs.pop(name, None)
            else:
                item.attrs[name] = value


def _name_of(path: Any) -> str:
    """Return the placeholder of a path that is one. Raise ValueError for any other node."""
    if type(path) is not _nodes.UpdateExpressionPath or [type(one) for one in path.children] != [_ATTRIBUTE_NAME]:
        raise ValueError(path)
    return str(path.children[0].children[0])


_ATTRIBUTE_NAME = _nodes.ExpressionAttributeName


@functools.lru_cache(PARSED_CONDITIONS)
def _actions_of(expression: Any) -> list[tuple[type[Any], str, Any]] | None:
    """Return kind, placeholder and second node of each action; None if one of them has a longer path, or deletes from a set."""
    clauses = expression.find_clauses(
        [_nodes.UpdateExpressionSetClause, _nodes.UpdateExpressionRemoveClause, _nodes.UpdateExpressionAddClause]
    )
    kinds = [_nodes.UpdateExpressionSetAction, _nodes.UpdateExpressionRemoveAction, _nodes.UpdateExpressionAddAction]
    actions = expression.find_clauses([*kinds, _nodes.UpdateExpressionDeleteAction])
    if len({type(clause) for clause in clauses}) < len(clauses) or any(type(one) not in kinds for one in actions):
        return None
    try:
        return [(type(one), _name_of(one.children[0]), one.children[-1]) for one in actions]
    except ValueError:
        return None


def _new_values(actions: Any, names: dict[str, str], values: dict[str, Any], item: Any, keys: list[str]) -> Any:
    """Return the new values by name. Raise an error of any kind for an update that moto has to evaluate, or to refuse."""

    def attribute(placeholder: str) -> str:
        name = names[placeholder]
        if name in keys:
            raise ValueError(name)
        return name

    def evaluated(node: Any) -> Any:
        if type(node) is _nodes.ExpressionAttributeValue:
            return DynamoType(values[node.children[0]])
        if type(node) is _nodes.UpdateExpressionFunction:
            function, first, second = node.children
            if function == "if_not_exists":
                otherwise = evaluated(second)
                return item.attrs.get(attribute(_name_of(first)), otherwise)
            left, right = evaluated(first), evaluated(second)
            if function != "list_append" or left.type != "L" or right.type != "L":
                raise ValueError(function)
            joined = _copied_value(left)
            joined.value.extend(right.value)
            return joined
        return item.attrs[attribute(_name_of(node))]

    found: dict[str, Any] = {}
    for kind, placeholder, node in actions:
        name = attribute(placeholder)
        if name in found:
            raise ValueError(name)
        if kind is _nodes.UpdateExpressionRemoveAction:
            found[name] = None
        elif kind is _nodes.UpdateExpressionAddAction:
            found[name] = item.attrs.get(name, DynamoType({"N": "0"})) + evaluated(node)
        elif len(node.children) == 1:
            found[name] = evaluated(node.children[0])
        else:
            left, operator, right = node.children
            added = evaluated(left), evaluated(right)
            found[name] = added[0] + added[1] if operator.children[0] == "+" else added[0] - added[1]
    return found


def _validator(
    expression: Any, expression_attribute_names: Any, expression_attribute_values: Any, item: Any, table: Any
) -> Any:
    """Return the validator of an update: moto's, unless the update gives values to whole attributes and moto would accept it."""
    names, values = expression_attribute_names or {}, expression_attribute_values or {}
    if (actions := _actions_of(expression)) is not None:
        with suppress(Exception):
            return _NewValues(_new_values(actions, names, values, item, table.table_key_attrs))
    return _Validator(expression, expression_attribute_names, expression_attribute_values, item, table)


# -- expressions -----------------------------------------------------------------------------------------------------------


_kind_of: Any = functools.cache(issubclass)


def _walk(walker: Any, root: Any) -> Any:
    """Do what `traverse` does, and ask the walker for its kinds of nodes once.

    A check of the whole expression is made at its root only; moto makes it again at each part, for a part's class is a subclass."""
    kinds = walker.nodes_to_be_processed()
    if kinds == (_nodes.UpdateExpression,):
        return walker.process(root)
    before_child = walker.pre_processing_of_child

    def visit(node: Any, place: int) -> Any:
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            before_child(node, number)
            if _kind_of(type(child), (_nodes.Node,)):
                visit(child, number)
        if _kind_of(type(node), kinds):
            node = walker.process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    return visit(root, -1)


def _copied_node(node: Any, memo: Any = None) -> Any:
    copied: Any = object.__new__(type(node))
    vars(copied).update(vars(node))
    copied.parent = None
    if node.children is not None:
        copied.children = [_copied_node(one) if isinstance(one, _nodes.Node) else one for one in node.children]
        for one in copied.children:
            if isinstance(one, _nodes.Node):
                one.parent = copied
    return copied


@functools.lru_cache(PARSED_CONDITIONS)
def _update_expression(expression: str) -> Any:
    """The parsed expression, which moto copies before it changes it."""
    return _make_update(expression)


@functools.lru_cache(PARSED_CONDITIONS)
def _nodes_of_condition(expression: str) -> tuple[Any, ...]:
    return tuple(_lex_condition(comparisons.ConditionExpressionParser(expression, None, None)))


_conditions: dict[str, tuple[Any, list[str], list[str]]] = {}


def _parsed_condition(parser: Any) -> Any:
    """Parse a condition, once for the same names and values."""
    if not parser.condition_expression:
        return _parse_condition(parser)
    given = parser.condition_expression, parser.expression_attribute_names, parser.expression_attribute_values
    key = repr(given)
    if key not in _conditions:
        if len(_conditions) >= PARSED_CONDITIONS:
            _conditions.clear()
        condition = _parse_condition(parser)
        _conditions[key] = condition, list(parser.expr_attr_names_found), list(parser.expr_attr_values_found)
    condition, names, values = _conditions[key]
    parser.expr_attr_names_found, parser.expr_attr_values_found = list(names), list(values)
    return condition


def apply() -> None:
    """Replace the slow functions."""
    _value_type.__deepcopy__, _value_type.__eq__, _value_type.__ne__ = _copied_value, _equal, _different
    _value_type.__hash__, _value_type.size, _value_type.to_regular_json = _hash, _size_of_value, _regular_json_of_value
    LimitedSizeDict.__setitem__ = dict.__setitem__  # type: ignore[method-assign]
    _item_type.__init__, _item_type.__deepcopy__, _item_type.size = _make_item, _copied_item, _size_of_item
    _table_type.__deepcopy__, _table_type.all_items, _table_type.sorted_items = _copied_table, _all_items, _sorted_items
    _item_type.project, _table_type.query = _projected_item, _query_partition
    _backend_type.update_item, _backend_type.transact_write_items = _update_copy, _transact_once_copied
    _models.UpdateExpressionValidator = _validator
    _executor_type.execute = _execute_and_measure
    _nodes.Node.__deepcopy__, _nodes.DepthFirstTraverser.traverse = _copied_node, _walk
    _expressions.UpdateExpressionParser.make = staticmethod(_update_expression)
    _condition_type._lex_condition_expression = lambda self: deque(_nodes_of_condition(self.condition_expression))
    _condition_type.parse = _parsed_condition
    _responses.dynamo_to_dict = _utilities.dynamo_to_dict = _plain
