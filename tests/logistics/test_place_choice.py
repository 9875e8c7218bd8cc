"""Places to choose from: by region, each with its code, so that two of one name are told apart."""

import html
import re

from sqlalchemy.orm import Session

from accounts.values import Role, ScopeKind
from core.i18n import use_language
from logistics.views.frame import place_options
from territory.queries import list_regions
from tests.conftest import SignIn
from tests.support.goods import a_place, receive, some_districts
from warehouses.values import PlaceKind


def test_a_place_is_chosen_by_region_name_and_code(session: Session, sign_in: SignIn) -> None:
    here = a_place(session, kind=PlaceKind.DISTRICT)
    twins = [a_place(session, kind=PlaceKind.DISTRICT, district_id=here.district_id) for _ in range(2)]
    for twin in twins:
        twin.set_names("Қойма", "Склад", "Store")
    receive(session, here, 5)
    session.commit()
    regions = {region.id: region.name_en for region in list_regions(session)}
    keeper = sign_in(Role.STOREKEEPER, ScopeKind.PLACE, here.id)
    for path in (f"/logistics/transfers/dispatch?place={here.id}", f"/logistics/requests/ask?place={here.id}"):
        page = html.unescape(keeper.get(path).text)
        group = re.search(rf'<optgroup label="{regions[here.region_id or 0]}">(.*?)</optgroup>', page, re.DOTALL)
        assert group is not None, path
        for twin in twins:
            assert f"Store · {twin.code}</option>" in group[1], path


def test_regions_and_places_stand_in_the_order_of_the_reader(session: Session) -> None:
    places = [
        a_place(session, kind=PlaceKind.DISTRICT, district_id=one.id) for one in some_districts(session, count=12)
    ]
    for language in ("kk", "ru", "en"):
        with use_language(language):
            found = [choice.optgroup for choice in place_options(session, places)[1:]]
        regions = {getattr(one, f"name_{language}"): getattr(one, f"sort_{language}") for one in list_regions(session)}
        keys = [regions[name or ""] for name in found]
        assert keys == sorted(keys), language
