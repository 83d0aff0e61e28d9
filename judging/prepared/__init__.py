"""What every press of an annotator asks and stores, with SQL that is made once."""

from judging.prepared.queries import Planned, Prepared
from judging.prepared.writes import PreparedInsert, PreparedUpdate

__all__ = ["Planned", "Prepared", "PreparedInsert", "PreparedUpdate"]
