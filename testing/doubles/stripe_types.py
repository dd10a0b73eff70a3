"""Comparison of the double's objects with the types of Stripe's own package, and of requests with its parameters.

The classes of the package are generated from Stripe's OpenAPI document. A member that is not Optional must be there; a member that
the class does not declare must not.
"""

from __future__ import annotations

import inspect
import sys
import types
from typing import Any, ClassVar, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import ListObject
from stripe import checkout as stripe_checkout

CLASSES: dict[str, Any] = {
    "account": stripe.Account,
    "account_link": stripe.AccountLink,
    "balance_transaction": stripe.BalanceTransaction,
    "charge": stripe.Charge,
    "checkout.session": stripe_checkout.Session,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.Reversal if hasattr(stripe, "Reversal") else stripe.TransferReversal,
}


def require_object(document: dict[str, Any]) -> None:
    """Raise AssertionError with the path of a member that is not as Stripe's package declares it."""
    kind = document["object"]
    if kind == "list":
        for one in document["data"]:
            require_object(one)
        assert isinstance(document["has_more"], bool)
        assert isinstance(document["url"], str)
        return
    fault = _fault_in(document, CLASSES[kind], kind)
    assert fault is None, fault


def require_parameters(parameters: Any, fields: dict[str, Any], path: str) -> None:
    """Raise AssertionError for a field that the class of parameters (`stripe.params`) does not declare."""
    declared = _annotations(parameters)
    for name, value in fields.items():
        assert name in declared, f"{path}: {name} is no parameter"
        nested = _nested(declared[name], parameters)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict) and nested is not None:
                require_parameters(nested, one, f"{path}.{name}")


def _fault_in(value: Any, declared: Any, path: str) -> str | None:
    """Return the first fault, None without one."""
    if isinstance(declared, ForwardRef):
        declared = _named(declared.__forward_arg__)
    origin, arguments = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        faults = [_fault_in(value, one, path) for one in arguments]
        return None if None in faults else f"{path}: {value!r} fits none of {arguments}"
    if origin is Literal:
        return None if value in arguments else f"{path}: {value!r} is none of {arguments}"
    if origin is list:
        if not isinstance(value, list):
            return f"{path}: not a list"
        return next((fault for one in value if (fault := _fault_in(one, arguments[0], path))), None)
    if origin is ListObject:
        return next((fault for one in value["data"] if (fault := _fault_in(one, arguments[0], path))), None)
    if declared in (str, int, float, bool, type(None)):
        return None if type(value) is declared else f"{path}: {value!r} is no {declared.__name__}"
    if declared is Any or origin is dict or declared is dict:
        return None
    named = origin or declared
    if not isinstance(value, dict):
        return f"{path}: {value!r} is no {named.__name__}"
    if named.__name__ == "UntypedStripeObject":
        return next((fault for one in value.values() if (fault := _fault_in(one, arguments[0], path))), None)
    return _fault_of_members(value, named, path)


def _fault_of_members(value: dict[str, Any], declared: Any, path: str) -> str | None:
    annotations = _annotations(declared)
    for name, annotation in annotations.items():
        if get_origin(annotation) is ClassVar:
            continue
        if name not in value:
            if type(None) not in get_args(annotation):
                return f"{path}.{name} is missing"
        elif fault := _fault_in(value[name], annotation, f"{path}.{name}"):
            return fault
    unknown = value.keys() - annotations.keys()
    return f"{path}: {unknown} are no members" if unknown else None


def _annotations(declared: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in reversed(declared.__mro__ if hasattr(declared, "__mro__") else [declared]):
        if one.__module__.startswith("stripe.") and not one.__module__.startswith("stripe._stripe_object"):
            found |= {name: a for name, a in inspect.get_annotations(one).items() if name[0] != "_"}
    return {name: annotation for name, annotation in found.items() if get_origin(annotation) is not ClassVar}


def _named(name: str) -> Any:
    if hasattr(stripe, name):
        return getattr(stripe, name)
    return dict  # a class that the double does not return


def _nested(annotation: Any, within: Any) -> Any:
    """Return the class of nested parameters; None for other values."""
    for one in get_args(annotation):
        if isinstance(one, ForwardRef):
            names = [text.strip(" \"'") for text in one.__forward_arg__.replace("[", "|").replace("]", "|").split("|")]
            for name in names:
                if (found := getattr(sys.modules[within.__module__], name, None)) is not None and hasattr(
                    found, "__total__"
                ):
                    return found
        elif (found := _nested(one, within)) is not None:
            return found
    return None
