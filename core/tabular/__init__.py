"""Tables in files: CSV and XLSX, read within bounds and written so that no cell ever becomes a formula."""

from core.tabular.cells import Cell
from core.tabular.reading import Table, open_table
from core.tabular.writing import write_csv, write_xlsx

__all__ = ["Cell", "Table", "open_table", "write_csv", "write_xlsx"]
