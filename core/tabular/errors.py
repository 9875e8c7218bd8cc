"""Why a file of a table is refused: one class per reason, each with what to do."""

from core.errors import Invalid


class FileRefused(Invalid):
    """A file that cannot be read as a table."""

    code = "file_refused"


class FileMissing(FileRefused):
    """Nothing was selected."""

    code = "file_missing"


class FileNotReceived(FileRefused):
    """The file did not arrive whole, or could not be kept."""

    code = "file_not_received"


class FileEmpty(FileRefused):
    """The file holds nothing, or nothing under its header."""

    code = "file_empty"


class FileTypeWrong(FileRefused):
    """The file is neither CSV nor XLSX, whatever its name says."""

    code = "file_type_wrong"


class FileTooBig(FileRefused):
    """The file is beyond the limits of size, rows, columns, memory or time."""

    code = "file_too_big"


class FileProtected(FileRefused):
    """The file is locked by a password."""

    code = "file_protected"


class FileUnsafe(FileRefused):
    """The file carries macros, links to other files, or an archive that is built to do harm."""

    code = "file_unsafe"


class FileDamaged(FileRefused):
    """The file breaks off or holds what its kind of file cannot hold."""

    code = "file_damaged"


class FormulaWithoutValue(FileRefused):
    """A cell of a workbook holds a formula that nobody reckoned out, so nobody knows what stands there."""

    code = "formula_without_value"


class NotTheTemplate(FileRefused):
    """The file is a table, but of another kind or made from an older template."""

    code = "not_the_template"
