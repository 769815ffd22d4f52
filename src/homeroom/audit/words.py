"""Everything that can stand in the audit, in the past tense, as the audit page reads after the person's name."""

from __future__ import annotations

WORDS = {
    "operator.created": "made an operator of",
    "district.created": "created the district",
    "district.method-changed": "changed the rostering method of",
    "district.time-zone-changed": "changed the time zone of",
    "district.limits-changed": "changed the limits of",
    "district.closed": "closed the district",
    "district.reopened": "reopened the district",
    "school.added": "added the school",
    "schools.found": "found schools that are not onboarded",
    "schools.onboarded": "onboarded schools",
    "school.taken-off-board": "ended the onboarding of",
    "school-year.added": "added the school year",
    "school-year.changed": "changed the school year",
    "member.invited": "invited",
    "invitation.withdrawn": "withdrew the invitation of",
    "invitation.accepted": "accepted the invitation to",
    "member.created": "gave a sign-in to",
    "member.changed": "changed the role of",
    "member.removed": "ended the membership of",
    "upload.sent": "uploaded a file",
    "upload.applied": "created what was uploaded in",
    "delivery.uploaded": "uploaded a delivery",
    "sync.started": "started a sync",
    "sync.retried": "tried a sync once more",
    "sync.approved": "approved a held sync",
    "sync.discarded": "discarded a held sync",
    "sync.undone": "undid a sync",
    "sync.applied": "applied a sync",
}
