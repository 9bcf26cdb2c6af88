"""Addresses of the plan."""

from django.urls import path

from evaluations.views import frame, plan

urlpatterns = [
    path("y/new/", plan.plan_new, name="plan_new"),
    path("y/<int:year>/plan/", plan.plan_detail, name="plan_detail"),
    path("y/<int:year>/plan/edit/", plan.plan_edit, name="plan_edit"),
    path("y/<int:year>/plan/issue/", plan.plan_issue, name="plan_issue"),
    path("y/<int:year>/plan/size/", plan.size_desk_page, name="size_desk"),
    path("y/<int:year>/frame/", frame.case_frame, name="case_frame"),
    path("y/<int:year>/frame/text/", frame.case_frame_text, name="case_frame_text"),
    path("y/<int:year>/clock/", plan.rehearsal_clock, name="rehearsal_clock"),
]
