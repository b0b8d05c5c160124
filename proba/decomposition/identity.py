"""Identities such as ``utbetalt = mottakere * varighet * stonad_per_maned``, as data.

The text is read by a grammar of our own and never executed::

    identity := name "=" factor { "*" factor }
    factor   := name | "(" name "/" name ")"
    name     := letters, digits and "_" , or anything but a backquote between backquotes

``×`` and ``·`` are read as ``*``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from proba.decomposition.bases import CountBase, count_unit, parse_base, settle_base
from proba.decomposition.names import RESERVED
from proba.errors import DecompositionError

__all__ = ["Factor", "Identity", "product_identity"]

_TOKEN = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)|`(?P<quoted>[^`]+)`|(?P<sign>[=*×·()/]))")


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: a column, or one column divided by another.

    Attributes
    ----------
    column : str
    per : str or None
        Column it is divided by.
    """

    column: str
    per: str | None = None

    @property
    def name(self) -> str:
        """``a`` or ``a/b``."""
        return self.column if self.per is None else f"{self.column}/{self.per}"

    def __str__(self) -> str:
        if self.per is None:
            return _quoted(self.column)
        return f"({_quoted(self.column)} / {_quoted(self.per)})"


@dataclass(frozen=True, slots=True, init=False)
class Identity:
    """A total that is, by definition, a product of factors.

    Parameters
    ----------
    text : str
        E.g. ``"utbetalt = mottakere * varighet * stonad_per_maned"``, or with ratios
        ``"utbetalt = innbyggere * (mottakere / innbyggere) * varighet * stonad_per_maned"``.
    base : CountBase or str, optional
        What is counted, ``tilfeller`` (cases) or ``mottakere`` (persons). Taken from the column
        names where they say it; given here where they do not. ``blandet`` admits both, and every
        table then says so.

    Attributes
    ----------
    name : str
        The total.
    terms : tuple of Factor
    base : CountBase or None

    Raises
    ------
    DecompositionError
        If the text does not follow the grammar, a factor stands twice, a column is divided by
        itself, or columns of cases and of persons are multiplied without a ratio that turns one
        into the other, as in ``mottakere * (tilfeller / mottakere) * maneder_per_tilfelle``.

    Examples
    --------
    >>> identity = Identity("utbetalt = mottakere * varighet * stonad_per_maned")
    >>> identity.factors
    ('mottakere', 'varighet', 'stonad_per_maned')
    >>> identity.per_inhabitant("mottakere", "innbyggere").factors
    ('innbyggere', 'mottakere/innbyggere', 'varighet', 'stonad_per_maned')
    >>> identity.base.value
    'mottakere'
    """

    name: str
    terms: tuple[Factor, ...]
    base: CountBase | None

    def __init__(self, text: str, base: CountBase | str | None = None) -> None:
        name, terms = _parse(text)
        _set(self, name, terms, parse_base(base))

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, in order; a ratio is named ``a/b``."""
        return tuple(term.name for term in self.terms)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table that the factors are made of, each once."""
        names = (c for t in self.terms for c in (t.column, t.per) if c is not None)
        return tuple(dict.fromkeys(names))

    @property
    def is_plain(self) -> bool:
        """Whether every factor is a column of its own."""
        return all(term.per is None for term in self.terms)

    def per_inhabitant(self, count: str, population: str = "innbyggere") -> Identity:
        """Split a count into inhabitants and a rate: ``population * (count / population)``.

        Parameters
        ----------
        count : str
            The factor to split, e.g. ``mottakere``.
        population : str
            Column of inhabitants.

        Returns
        -------
        Identity

        Raises
        ------
        DecompositionError
            If ``count`` is not a factor by itself.
        """
        return self._split(count, (Factor(population), Factor(count, population)))

    def real(self, benefit: str, deflator: str) -> Identity:
        """Split an amount in kroner into its real value and a price index.

        Parameters
        ----------
        benefit : str
            The factor in kroner, e.g. ``stonad_per_maned``.
        deflator : str
            Column with the price index; the real amount is in prices of the year in which it
            is 1.

        Returns
        -------
        Identity

        Raises
        ------
        DecompositionError
            If ``benefit`` is not a factor by itself.
        """
        return self._split(benefit, (Factor(benefit, deflator), Factor(deflator)))

    def _split(self, name: str, parts: tuple[Factor, Factor]) -> Identity:
        if Factor(name) not in self.terms:
            raise DecompositionError(
                f"the identity has no factor '{name}' to split; it has {', '.join(self.factors)}.",
                f"identiteten har ingen faktor «{name}» å dele; den har {', '.join(self.factors)}.",
            )
        terms: list[Factor] = []
        for term in self.terms:
            terms += parts if term == Factor(name) else (term,)
        new = object.__new__(Identity)
        _set(new, self.name, tuple(terms), self.base)
        return new

    def __str__(self) -> str:
        return f"{_quoted(self.name)} = {' * '.join(map(str, self.terms))}"

    def __repr__(self) -> str:
        base = f", base={self.base.value!r}" if self.base else ""
        return f"Identity({str(self)!r}{base})"


def product_identity(
    factors: Sequence[str], name: str = "total", base: CountBase | str | None = None
) -> Identity:
    """Make the identity ``name = factor * factor * ...`` of column names as they stand.

    Parameters
    ----------
    factors : sequence of str
        Column names, spaces and all, or ``a/b`` for a ratio of two columns.
    name : str
        The total.
    base : CountBase or str, optional

    Raises
    ------
    DecompositionError
        As :class:`Identity`.
    """
    terms = []
    for text in factors:
        column, slash, per = (part.strip() for part in text.partition("/"))
        if not column or (slash and (not per or "/" in per)):
            raise DecompositionError(
                f"'{text}' is not a factor; write a column name, or two divided: a/b.",
                f"«{text}» er ingen faktor; skriv et kolonnenavn, eller to delt på hverandre: a/b.",
            )
        terms.append(Factor(column, per or None))
    new = object.__new__(Identity)
    _set(new, name, tuple(terms), parse_base(base))
    return new


def _set(identity: Identity, name: str, terms: tuple[Factor, ...], base: CountBase | None) -> None:
    _check_factors(name, terms)
    object.__setattr__(identity, "name", name)
    object.__setattr__(identity, "terms", terms)
    units = [count_unit(term.column, term.per) for term in terms]
    object.__setattr__(identity, "base", settle_base(units, base))


def _check_factors(name: str, terms: tuple[Factor, ...]) -> None:
    names = [term.name for term in terms]
    same = next((term for term in terms if term.column == term.per), None)
    if same is not None:
        raise DecompositionError(
            f"'{same.column}' is divided by itself.", f"«{same.column}» er delt på seg selv."
        )
    if not names:
        raise DecompositionError(
            "an identity needs at least one factor.", "en identitet må ha minst én faktor."
        )
    double = sorted({n for n in names if names.count(n) > 1} | ({name} & {*names}))
    if double:
        raise DecompositionError(
            f"'{double[0]}' stands more than once in the identity.",
            f"«{double[0]}» står mer enn én gang i identiteten.",
        )
    reserved = sorted({*names} & RESERVED)
    if reserved:
        raise DecompositionError(
            f"a factor cannot be called '{reserved[0]}', which is a term of the result; rename the "
            "column.",
            f"en faktor kan ikke hete «{reserved[0]}», som er et ledd i resultatet; gi kolonnen et "
            "annet navn.",
        )


# The grammar ----------------------------------------------------------------------------------


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _unreadable(text, f"«{text[at:].strip()[:20]}»")
        at = found.end()
        if found["sign"]:
            yield "sign", "*" if found["sign"] in "×·" else found["sign"]
        else:
            name = (found["name"] or found["quoted"]).strip()
            if not name:
                raise _unreadable(text, "« »")
            yield "name", name


def _parse(text: str) -> tuple[str, tuple[Factor, ...]]:
    if not isinstance(text, str):
        raise DecompositionError(
            f"an identity is text such as 'utbetalt = mottakere * varighet', not {text!r}.",
            f"en identitet er tekst som «utbetalt = mottakere * varighet», ikke {text!r}.",
        )
    tokens = list(_tokens(text))

    def take(kind: str, value: str | None = None) -> str:
        if tokens and tokens[0][0] == kind and value in (None, tokens[0][1]):
            return tokens.pop(0)[1]
        raise _unreadable(text, f"«{tokens[0][1]}»" if tokens else None)

    name = take("name")
    take("sign", "=")
    terms: list[Factor] = []
    while True:
        if tokens and tokens[0] == ("sign", "("):
            take("sign", "(")
            column = take("name")
            take("sign", "/")
            terms.append(Factor(column, take("name")))
            take("sign", ")")
        else:
            terms.append(Factor(take("name")))
        if not tokens:
            return name, tuple(terms)
        take("sign", "*")


def _unreadable(text: str, what: str | None) -> DecompositionError:
    at = f"{what} stands where it cannot" if what else "it ends too early"
    ved = f"{what} står der det ikke kan stå" if what else "den slutter for tidlig"
    return DecompositionError(
        f"identity '{text}': {at}; write total = factor * factor, where a factor is a column or "
        "(column / column).",
        f"identiteten «{text}»: {ved}; skriv total = faktor * faktor, der en faktor er en kolonne "
        "eller (kolonne / kolonne).",
    )


def _quoted(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"
