"""The desk of the verifiers."""

from django.urls import path

from selection.views import verification

urlpatterns = [
    path("verifikasi/", verification.review_queue_list, name="review_queue_list"),
    path("verifikasi/<int:stage>/ambil/", verification.review_take, name="review_take"),
    path("verifikasi/periksa-ulang/<int:pk>/ambil/", verification.recheck_take, name="recheck_take"),
    path("verifikasi/berkas/<int:pk>/", verification.review_detail, name="review_detail"),
    path("verifikasi/berkas/<int:pk>/kembalikan/", verification.review_return, name="review_return"),
    path("verifikasi/berkas/<int:pk>/dokumen/<int:document>/", verification.review_document, name="review_document"),
]
