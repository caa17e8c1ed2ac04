"""The practice city: invented people, real formations, one recruitment in each phase of its life."""
