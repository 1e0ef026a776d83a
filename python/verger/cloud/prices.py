"""What an hour costs, from a dated file that --prices replaces.

Nothing here asks AWS: `plan` works without credentials. Every figure has its source and date;
`notes` names the figures that are assumed.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from verger.cloud.nodes import node_of
from verger.cloud.prices_file import STACK, Table, read_tables
from verger.cloud.settings import Group, Settings
from verger.errors import BadInput

_OURS = Path(__file__).parent / "prices" / "eu-west-3.json"
_HOURS_A_MONTH = 730  # AWS's own: storage is priced by the month
_ALL = "*"
_HOUR_TABLES = ("ec2", "emr", "ebs")
_OLD = datetime.timedelta(days=366)


class HourLine(NamedTuple):
    """A line of what an hour costs: `dollars` are for all `number` of them."""

    what: str
    number: int
    dollars: float


class _Figure(NamedTuple):
    dollars: float
    assumed: str  # why it is only assumed; "" if it has a source


class _Charge(NamedTuple):
    what: str
    number: int
    name: str  # of the figure, for notes
    figure: _Figure
    times: float  # of the figure, for one of `number`


@dataclass(frozen=True)
class Prices:
    """The prices of a region on one day."""

    region: str
    day: datetime.date
    file: str
    tables: dict[str, Table]

    def cluster_hour(self, settings: Settings) -> list[HourLine]:
        """Return the lines of an hour of the cluster, with spot prices for spot nodes.

        Errors: BadInput for a type or disk without a price.
        """
        return [
            HourLine(one.what, one.number, one.number * one.times * one.figure.dollars)
            for one in self._cluster(settings)
        ]

    def storage_month(self, size: float) -> float:
        """Return USD of `size` bytes in S3 for a month."""
        return size / 1e9 * self.s3("gb_month")

    def s3(self, key: str) -> float:
        """Return USD of a "put" (or list), a "get", or a "gb_month"."""
        return self.tables["s3"].usd[key]

    def dated(self) -> str:
        """Return when the figures of an hour were gathered, and the date of the oldest."""
        dates = [self.tables[name].date for name in _HOUR_TABLES]
        return f"gathered {self.day}, oldest figure of {min(dates)}"

    def stack_month(self) -> str:
        """Return what the stack costs a month, cluster or not; "" if that is not known."""
        if STACK not in self.tables:
            return ""
        table = self.tables[STACK]
        why = table.assumed.get(_ALL) or table.source
        month = _HOURS_A_MONTH * (table.usd["nat_hour"] + table.usd["address_hour"])
        return (
            f"The network stack costs another {month:.0f} USD a month while it exists, for its "
            f"NAT gateway and address (Outbound=nat) ({why}, {table.date})"
        )

    def risks(self, settings: Settings, today: datetime.date) -> list[str]:
        """Return warnings of prices that are old, or of another region."""
        warnings = []
        if today - self.day > _OLD:
            warnings.append(
                f"prices of {self.day} are more than a year old: give newer ones by --prices"
            )
        if settings.region != self.region:
            warnings.append(
                f"the prices are for {self.region}, but the cluster runs in {settings.region}"
            )
        return warnings

    def notes(self, settings: Settings) -> list[str]:
        """Return the sources of the figures, why some are assumed, and what they leave out."""
        lines = [f"prices of {self.region}, gathered on {self.day} ({self.file})"]
        if settings.region != self.region:
            lines.append(
                f"the cluster runs in {settings.region}: give prices for that region by --prices"
            )
        assumed = {
            f"assumed: {one.name} {one.figure.dollars:g} USD: {one.figure.assumed}": None
            for one in self._cluster(settings)
            if one.figure.assumed
        }
        lines += assumed  # each once, in their order
        names = [*_HOUR_TABLES, "s3"]
        dates = [f"{name} {self.tables[name].date}" for name in names]
        lines.append(f"published or found on: {', '.join(dates)}")
        lines.append("not counted: VAT, data out of AWS, KMS and log requests, VPC endpoints")
        return lines

    def _cluster(self, settings: Settings) -> list[_Charge]:
        charges = []
        for group in settings.groups:
            label = f"{group.name or 'nodes'}: {group.type}"
            ec2 = self._spot(group.type) if group.spot else self._of_type("ec2", group.type)
            market = "EC2 spot" if group.spot else "EC2"
            charges += [
                _Charge(f"{label}, {market}", group.count, f"{market} {group.type}", ec2, 1),
                _Charge(
                    f"{label}, EMR",
                    group.count,
                    f"EMR {group.type}",
                    self._of_type("emr", group.type),
                    1,
                ),
                *self._disks(label, group, settings.root_disk_gb),
            ]
        return charges

    def _disks(self, label: str, group: Group, root_gb: int) -> list[_Charge]:
        # The root disk of an EMR node is gp3 since release 6.15.
        sizes = {"gp3": float(root_gb)}
        kind = group.disk_type
        sizes[kind] = sizes.get(kind, 0.0) + group.disk_gb * group.disks
        return [
            _Charge(
                f"{label}, {size:g} GB of {kind}",
                group.count,
                f"EBS {kind} (GB and month)",
                self._figure("ebs", kind),
                size / _HOURS_A_MONTH,
            )
            for kind, size in sizes.items()
            if size
        ]

    def _spot(self, type_: str) -> _Figure:
        if type_ in self.tables["spot"].usd:
            return self._figure("spot", type_)
        share = self._figure("spot_share", "any").dollars
        return _Figure(
            share * self._of_type("ec2", type_).dollars,
            f"{share:g} of the price on demand: {self.file} has no spot price of it",
        )

    def _of_type(self, table: str, type_: str) -> _Figure:
        """Return the price of a type, or one in proportion to another size of its family."""
        usd = self.tables[table].usd
        if type_ in usd:
            return self._figure(table, type_)
        node, family = node_of(type_), type_.partition(".")[0]
        for other in usd:
            there = node_of(other)
            if other.partition(".")[0] == family and there is not None and node is not None:
                dollars = usd[other] * node.cpus / there.cpus
                return _Figure(dollars, f"in proportion to {other}: {self.file} has no {type_}")
        raise BadInput(
            f"no price of {type_} in {self.file} (it has {', '.join(usd)}): add {type_} to the "
            "tables ec2 and emr of a copy, and give the copy by --prices"
        )

    def _figure(self, table: str, key: str) -> _Figure:
        figure = self.tables[table]
        if key not in figure.usd:
            raise BadInput(
                f"no price of {key} in the table {table} of {self.file} (it has "
                f"{', '.join(figure.usd)}): add it to a copy, and give the copy by --prices"
            )
        return _Figure(figure.usd[key], figure.assumed.get(key) or figure.assumed.get(_ALL, ""))


def load(path: Path | None = None) -> Prices:
    """Return the prices of a file; None: of the package, for Paris.

    Errors: BadInput with the file, the key and the expected value.
    """
    name = str(path) if path is not None else _OURS.name
    region, day, tables = read_tables(path if path is not None else _OURS, name)
    return Prices(region, day, name, tables)
