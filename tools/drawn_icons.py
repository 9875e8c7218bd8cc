"""The marks that Toptama draws itself: statuses and verdicts, each told by its outline alone, without colour."""

_FULL = '<path fill="currentColor" stroke="none" fill-rule="evenodd" d="{}"/>'
_LINE = (
    '<g fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">'
    '<path d="{}"/></g>'
)

DRAWN = {
    # a full circle with a tick, a triangle with "!", an octagon with a bar, a square with "i", a ring
    "status-ok": _FULL.format(
        "M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22zM5.600 12.400l2-2l3.100 3.100l5.700-5.900l2 2l-7.700 8z"
    ),
    "status-attention": _FULL.format(
        "M12 1.500L23.500 22H.5zM10.700 8.500h2.600v6.500h-2.600zM10.700 16.700h2.600v2.600h-2.600z"
    ),
    "status-refused": _FULL.format(
        "M7.400 1h9.200l6.400 6.400v9.200l-6.400 6.400H7.400L1 16.600V7.400zM5.500 10.300h13v3.400h-13z"
    ),
    "status-info": _FULL.format(
        "M4.500 1.500h15a3 3 0 0 1 3 3v15a3 3 0 0 1-3 3h-15a3 3 0 0 1-3-3v-15a3 3 0 0 1 3-3z"
        "M10.700 5.500h2.600v2.600h-2.600zM10.700 10h2.600v8.500h-2.600z"
    ),
    "status-muted": _FULL.format(
        "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20zM12 5.500a6.500 6.500 0 1 1 0 13a6.500 6.500 0 1 1 0-13z"
    ),
    "verdict-ok": _LINE.format("M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20zM7.200 12.400l3.300 3.300l6.300-7"),
    "verdict-attention": _LINE.format("M12 2.500L22.500 21H1.500zM12 9v5.500M12 17.700v.1"),
    "verdict-refused": _LINE.format("M7.900 2h8.200l5.900 5.900v8.200l-5.900 5.900H7.900L2 16.100V7.900zM7.500 12h9"),
    "verdict-offline": _LINE.format(
        "M7 18.500a4.500 4.500 0 0 1-.6-8.950A6 6 0 0 1 17.900 8.600a5 5 0 0 1 .1 9.900zM3.500 21L20.500 3.500"
    ),
}
