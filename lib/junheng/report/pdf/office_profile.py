"""LibreOffice's own settings for a converter: nothing that only a person at the screen would need."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

NOWHERE: Final = "127.0.0.1"
NO_PORT: Final = "9"
"""A proxy at which nobody listens (the port of the protocol Discard): what a document names elsewhere is not fetched."""
_MANUAL_PROXY: Final = "1"
SETTINGS: Final = (
    # A profile of an older version than the program makes it test how the screen draws: half a second.
    ("/org.openoffice.Setup/Product", "ooSetupLastVersion", "99.0"),
    ("/org.openoffice.Office.Linguistic/SpellChecking", "IsSpellAuto", "false"),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "Enable", "false"),
    ("/org.openoffice.Office.Writer/AutoFunction/Completion", "CollectWords", "false"),
    ("/org.openoffice.Office.Common/Undo", "Steps", "0"),
    ("/org.openoffice.Office.Common/History", "PickListSize", "0"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
    ("/org.openoffice.Office.Recovery/AutoSave", "Enabled", "false"),
    ("/org.openoffice.Office.Recovery/RecoveryInfo", "Enabled", "false"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", _MANUAL_PROXY),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyName", NOWHERE),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPProxyPort", NO_PORT),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyName", NOWHERE),
    ("/org.openoffice.Inet/Settings", "ooInetHTTPSProxyPort", NO_PORT),
)
"""Where, what, value; as in LibreOffice's expert configuration. None of them changes a page."""
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


def write_profile(profile: Path) -> None:
    """Write the settings into a new profile."""
    user = profile / "user"
    user.mkdir(parents=True, exist_ok=True)
    items = "".join(
        f'<item oor:path={quoteattr(place)}><prop oor:name={quoteattr(name)} oor:op="fuse">'
        f"<value>{escape(value)}</value></prop></item>\n"
        for place, name, value in SETTINGS
    )
    (user / "registrymodifications.xcu").write_text(f"{_HEAD}{items}</oor:items>\n", encoding="utf-8")
