"""Tables of the warehouses: places, lots, the stock ledger, and the acts that write in it."""

from warehouses.models.assemblies import Assembly
from warehouses.models.bins import Bin, BinContent
from warehouses.models.cartons import Carton, CartonSeries, LabelPrint
from warehouses.models.counts import StockCount, StockCountItem, StockCountLine, StockCountTally
from warehouses.models.journals import StockJournal
from warehouses.models.lots import Lot, LotComponent, LotEvent
from warehouses.models.places import Place, PlaceSettlement
from warehouses.models.policies import PaperForm, PeriodClose, StockPolicy
from warehouses.models.recalls import Recall, RecallFinding, RecallLot
from warehouses.models.stock import StockBalance, StockMovement, StockReservation
from warehouses.models.write_offs import WriteOff, WriteOffLine

__all__ = [
    "Assembly",
    "Bin",
    "BinContent",
    "Carton",
    "CartonSeries",
    "LabelPrint",
    "Lot",
    "LotComponent",
    "LotEvent",
    "PaperForm",
    "PeriodClose",
    "Place",
    "PlaceSettlement",
    "Recall",
    "RecallFinding",
    "RecallLot",
    "StockBalance",
    "StockCount",
    "StockCountItem",
    "StockCountLine",
    "StockCountTally",
    "StockJournal",
    "StockMovement",
    "StockPolicy",
    "StockReservation",
    "WriteOff",
    "WriteOffLine",
]
