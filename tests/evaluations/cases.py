"""A complete case for tests: what a community would write, and one case handed in."""

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from evaluations.actions.submissions import create_submission, save_submission, submit_submission
from evaluations.models import Season, Submission
from tests.personas import Cast

WORDS: dict[str, Any] = {
    "title": "墙门晨间问安",
    "field": "elderly",
    "summary": "独居老人每天开窗，对门看见就算问过安。",
    "head_name": "吴秀英",
    "profile": "清波门的老邻居们 2012 年自己办起来的互助社，常来的有四十多人。",
    "team": [{"name": "周小满", "education": "bachelor", "certificate": "assistant", "role": "项目负责人"}],
    "worker_name": "周小满",
    "worker_phone": "+8613812345678",
    "origin_kind": "need",
    "need": "去年冬天，一位老人在家摔倒，第二天才被发现。",
    "deliberation_kind": "practical",
    "deliberation_level": "grid",
    "deliberated_on": dt.date(2018, 3, 6),
    "deliberation_record": "到会 32 人，都说要有人晓得。",
    "resolution": "每个墙门推两位看窗人。",
    "practice": "早上八点前开窗；没开就敲门。",
    "effect": "半年里三次及时发现老人不舒服。",
    "beneficiaries": 37,
    "indirect_beneficiaries": 120,
    "locations": "清波门社区三个墙门",
    "starts_on": dt.date(2018, 3, 10),
    "ends_on": dt.date(2018, 9, 30),
    "budget_lines": [
        {
            "category": "material",
            "item": "问安牌与小黑板",
            "unit_price": "100",
            "unit": "块",
            "quantity": "120",
            "own": "4000",
            "granted": "8000",
            "remark": "",
        }
    ],
    "budget_total": 12000,
    "amount_asked": 8000,
}


def draft(cast: Cast, season: Season, *, community: Any = None, by: Any = None, **values: Any) -> Submission:
    """A complete draft of the community, made by the actions."""
    place = community or cast.community
    by = by or cast.people["community_user"]
    now = timezone.now()
    case = create_submission(season, place, by=by, now=now, title="案例")
    return save_submission(case, {**WORDS, "organizations": [cast.organization], **values}, by=by, now=now)


def handed_in(cast: Cast, season: Season, **values: Any) -> Submission:
    """A case that was handed in."""
    by = values.get("by") or cast.people["community_user"]
    return submit_submission(draft(cast, season, **values), by=by, now=timezone.now())


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (800, 600), name: str = "photo.jpg", **options: Any
) -> SimpleUploadedFile:
    """An upload with a picture of this kind and size."""
    out = io.BytesIO()
    Image.new("RGB", size, "#2d8383").save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue(), content_type="application/octet-stream")
