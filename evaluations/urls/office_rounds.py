"""Addresses of the office: seasons, their rules, their rounds."""

from django.urls import URLPattern, path

from evaluations.views import (
    assigning,
    opening,
    rule_drafts,
    rule_sets,
    rule_trials,
    seasons,
    seating,
    trial_cases,
)
from evaluations.views import rounds as views
from evaluations.views.recusing import seat_recuse
from evaluations.views.round_papers import round_papers

rounds: list[URLPattern] = [
    path("rounds/<code:code>/papers/", round_papers, name="round_papers"),
    path("seasons/", seasons.seasons, name="seasons"),
    path("seasons/new/", seasons.season_new, name="season_new"),
    path("seasons/<code:code>/", seasons.season, name="season"),
    path("seasons/<code:code>/edit/", seasons.season_edit, name="season_edit"),
    path("seasons/<code:code>/start/", seasons.season_start, name="season_start"),
    path("seasons/<code:code>/finish/", seasons.season_finish, name="season_finish"),
    path("seasons/<code:code>/rules/from/<slug:source>/", rule_sets.rule_set_new, name="rule_set_new"),
    path("seasons/<code:code>/rules/new/", rule_drafts.rule_start, name="rule_start"),
    path("seasons/rules/drafts/<code:code>/", rule_drafts.rule_draft, name="rule_draft"),
    path("seasons/rules/drafts/<code:code>/text/", rule_drafts.rule_draft_text, name="rule_draft_text"),
    path("seasons/rules/drafts/<code:code>/drop/", rule_drafts.rule_draft_drop, name="rule_draft_drop"),
    path("seasons/rules/<code:code>/trial/", rule_trials.rule_set_trial, name="rule_set_trial"),
    path("seasons/rules/<code:code>/draft/", rule_drafts.rule_set_draft, name="rule_set_draft"),
    path("seasons/<code:code>/preliminaries/", views.rounds_new, name="rounds_new"),
    path("seasons/<code:code>/final/", views.final_new, name="final_new"),
    path("seasons/rules/<code:code>/", rule_sets.rule_set, name="rule_set"),
    path("seasons/rules/<code:code>/edit/", rule_sets.rule_set_edit, name="rule_set_edit"),
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<code:code>/", views.round, name="round"),
    path("rounds/<code:code>/edit/", views.round_edit, name="round_edit"),
    path("rounds/<code:code>/entries/", views.round_entries, name="round_entries"),
    path("rounds/<code:code>/trial/", trial_cases.round_trial, name="round_trial"),
    path("rounds/<code:code>/entries/update/", views.round_fill, name="round_fill"),
    path("rounds/<code:code>/seats/", seating.round_seats, name="round_seats"),
    path("rounds/<code:code>/seats/<slug:panel>/<slug:kind>/", seating.panel_change, name="panel_change"),
    path("rounds/<code:code>/seat/<code:seat_code>/withdraw/", seating.seat_withdraw, name="seat_withdraw"),
    path("rounds/<code:code>/seat/<code:seat_code>/replace/", seating.seat_replace, name="seat_replace"),
    path("rounds/<code:code>/seat/<code:seat_code>/recuse/", seat_recuse, name="seat_recuse"),
    path("rounds/<code:code>/assignment/", assigning.round_assignment, name="round_assignment"),
    path("rounds/<code:code>/assignment/apply/", assigning.assignment_apply, name="assignment_apply"),
    path("rounds/<code:code>/assignment/move/", assigning.assignment_move, name="assignment_move"),
    path("rounds/<code:code>/progress/", views.round_progress, name="round_progress"),
    path("rounds/<code:code>/open/", opening.round_open, name="round_open"),
    path("rounds/<code:code>/extend/", opening.round_extend, name="round_extend"),
    path("rounds/<code:code>/cancel/", opening.round_cancel, name="round_cancel"),
]
