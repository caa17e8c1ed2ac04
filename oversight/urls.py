"""Oversight under /pengawasan/: what everybody sees, and the team's room."""

from django.urls import include, path

from oversight.views import audit, findings, flags, members, openness_reports, public, workspace

urlpatterns = [
    path("", public.finding_list, name="finding_list"),
    path("temuan/<str:number>/", public.finding_detail, name="finding_detail"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("ruang/audit/", audit.team_audits, name="team_audits"),
    path("ruang/audit/<int:stage>/sidik/", audit.team_commitment, name="team_commitment"),
    path("ruang/audit/<int:pk>/rahasia/", audit.team_reveal, name="team_reveal"),
    path("ruang/audit/<int:pk>/", audit.team_sample, name="team_sample"),
    path("ruang/audit/berkas/<int:pk>/", audit.audit_file, name="audit_file"),
    path("ruang/audit/berkas/<int:pk>/dokumen/<int:document>/", audit.audit_document, name="audit_document"),
    path("tanda/", flags.flag_rules, name="flag_rules"),
    path("ruang/tanda/", flags.team_flags, name="team_flags"),
    path("ruang/tanda/<int:pk>/", flags.team_flag, name="team_flag"),
    path("ruang/tanda/<int:pk>/temuan/", flags.flag_finding, name="flag_finding"),
    path("ruang/", workspace.team_workspace, name="team_workspace"),
    path("ruang/laporan/", include("oversight.report_desk_urls")),
    path("ruang/komentar/", openness_reports.report_comment_list, name="report_comment_list"),
    path("ruang/komentar/<int:pk>/", openness_reports.report_comment_decide, name="report_comment_decide"),
    path("ruang/anggota/", members.team_members, name="team_members"),
    path("ruang/anggota/angkat/", members.team_member_new, name="team_member_new"),
    path("ruang/anggota/<int:pk>/akhiri/", members.team_member_end, name="team_member_end"),
    path("ruang/tahap/<int:pk>/", workspace.team_stage, name="team_stage"),
    path("ruang/tahap/<int:stage>/temuan/", findings.finding_new, name="finding_new"),
    path("ruang/tahap/<int:stage>/tahan/", workspace.hold_new, name="hold_new"),
    path("ruang/temuan/<str:number>/", findings.team_finding, name="team_finding"),
    path("ruang/temuan/<str:number>/ubah/", findings.finding_rewrite, name="finding_rewrite"),
    path("ruang/temuan/<str:number>/bukti/", findings.finding_evidence, name="finding_evidence"),
    path("ruang/temuan/<str:number>/konfirmasi/", findings.finding_confirm, name="finding_confirm"),
    path("ruang/temuan/<str:number>/kirim/", findings.finding_send, name="finding_send"),
    path("ruang/temuan/<str:number>/versi-umum/", findings.finding_public_text, name="finding_public_text"),
    path("ruang/temuan/<str:number>/kembalikan/", findings.finding_return, name="finding_return"),
    path("ruang/temuan/<str:number>/nilai/", findings.finding_assess, name="finding_assess"),
    path("ruang/temuan/<str:number>/teruskan/", findings.finding_escalate, name="finding_escalate"),
    path("ruang/temuan/<str:number>/tutup/", findings.finding_close, name="finding_close"),
    path("ruang/temuan/<str:number>/berkas/<slug:body>.pdf", findings.finding_dossier, name="finding_dossier"),
    path("ruang/tahanan/<int:pk>/konfirmasi/", workspace.hold_confirm, name="hold_confirm"),
    path("ruang/tahanan/<int:pk>/cabut/", workspace.hold_lift, name="hold_lift"),
]
