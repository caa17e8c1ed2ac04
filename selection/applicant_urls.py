"""The applicant's addresses. The reference is not a secret: every page asks who owns it."""

from django.urls import path

from selection.views import applicant, receipts

urlpatterns = [
    path("lamaran/", applicant.application_list, name="application_list"),
    path("lamaran/cek-syarat/<slug:slug>/", applicant.eligibility_check, name="eligibility_check"),
    path("lamaran/mulai/<slug:slug>/", applicant.application_start, name="application_start"),
    path("lamaran/<str:ref>/", applicant.application_detail, name="application_detail"),
    path("lamaran/<str:ref>/isi/<slug:path>/", applicant.application_section, name="application_section"),
    path("lamaran/<str:ref>/dokumen/", applicant.application_documents, name="application_documents"),
    path("lamaran/<str:ref>/dokumen/<int:requirement>/unggah/", applicant.document_upload, name="document_upload"),
    path("lamaran/<str:ref>/dokumen/<int:pk>/berkas/", applicant.document_download, name="document_download"),
    path("lamaran/<str:ref>/periksa/", applicant.application_check, name="application_check"),
    path("lamaran/<str:ref>/pantau/", applicant.application_tracking, name="application_tracking"),
    path("lamaran/<str:ref>/bukti/", applicant.receipt_detail, name="receipt_detail"),
    path("lamaran/<str:ref>/bukti.json", receipts.receipt_file, name="receipt_file"),
    path("lamaran/<str:ref>/bukti.svg", receipts.receipt_qr, name="receipt_qr"),
    path(
        "lamaran/<str:ref>/hasil/<str:number>/v<int:version>/bukti.json",
        receipts.result_receipt_file,
        name="result_receipt_file",
    ),
    path("lamaran/<str:ref>/batal/", applicant.application_withdraw, name="application_withdraw"),
]
