"""The feed of notices (Atom): whoever wants to hear of a publication need not look every day."""

import io

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import conditional_page, require_safe

from evaluations.models import Publication

NEWEST = 20


@conditional_page
@require_safe
@login_not_required
def notices(request: HttpRequest) -> HttpResponse:
    """The latest publications of the district, in its working language for every reader."""
    district = request.district  # type: ignore[attr-defined]
    rows = Publication.objects.of(district).defer("body").select_related("round__season").order_by("-pk")
    with override("zh-hans"):
        feed = Atom1Feed(
            title=f"{district.name} · {_('Notices')}",
            link=request.build_absolute_uri(reverse("public:notices", args=[district.slug])),
            feed_url=request.build_absolute_uri(),
            description="",
            language="zh-Hans",
        )
        for row in rows[:NEWEST]:
            page = reverse("public:notice", args=[district.slug, row.code])
            feed.add_item(
                title=f"{row.round.season.name} · {row.round.name} · {row.get_kind_display()}",
                link=request.build_absolute_uri(page),
                unique_id=f"tag:goldidea,{row.published_at:%Y-%m-%d}:{district.slug}/{row.code}",
                description="",
                pubdate=row.published_at,
                updateddate=row.published_at,
            )
    out = io.StringIO()
    feed.write(out, "utf-8")
    headers = {"Cache-Control": "public, no-cache"}
    return HttpResponse(out.getvalue(), content_type="application/atom+xml; charset=utf-8", headers=headers)
