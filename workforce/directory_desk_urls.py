"""The office's side of the directory under /kelola/pegawai/."""

from django.urls import path

from workforce.views import desk, imports

urlpatterns = [
    path("", desk.employee_desk_list, name="employee_desk_list"),
    path("impor/", imports.employee_import_list, name="employee_import_list"),
    path("impor/baru/", imports.employee_import_new, name="employee_import_new"),
    path("impor/<int:pk>/", imports.employee_import, name="employee_import"),
    path("permohonan/", desk.profile_request_list, name="profile_request_list"),
    path("permohonan/<int:pk>/", desk.profile_request, name="profile_request"),
    path("<slug:slug>/", desk.employee_desk, name="employee_desk"),
    path("<slug:slug>/kode/", desk.claim_code_new, name="claim_code_new"),
    path("<slug:slug>/lindungi/", desk.shield_new, name="shield_new"),
    path("<slug:slug>/cabut-perlindungan/", desk.shield_lift, name="shield_lift"),
    path("<slug:slug>/hapus/", desk.employee_erasure_new, name="employee_erasure_new"),
    path("<slug:slug>/hapus/sahkan/", desk.employee_erasure_approval, name="employee_erasure_approval"),
]
