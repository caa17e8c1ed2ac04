"""The directory under /asn/. A profile's address means nothing; a NIP is in none."""

from django.urls import path

from workforce.views import desk, directory, own

urlpatterns = [
    path("asn/", directory.directory_list, name="directory"),
    path("asn.csv", directory.directory_csv, name="directory_csv"),
    path("asn.json", directory.directory_json, name="directory_json"),
    path("asn/jabatan/", directory.position_list, name="vacant_position_list"),
    path("asn/jabatan.json", directory.position_list_json, name="vacant_position_json"),
    path("asn/aturan/", directory.field_policy, name="field_policy"),
    path("asn/angka/", directory.unit_figures, name="unit_figures"),
    path("asn/saya/", own.my_profile, name="my_profile"),
    path("asn/saya.json", own.my_profile_file, name="my_profile_file"),
    path("asn/saya/hubungkan/", own.profile_claim, name="profile_claim"),
    path("asn/saya/keberatan/", own.profile_objection_new, name="profile_objection_new"),
    path("asn/saya/koreksi/", own.profile_correction_new, name="profile_correction_new"),
    path("asn/saya/tanggapan/", own.profile_reply, name="profile_reply"),
    path("asn/saya/persetujuan/", own.profile_consent, name="profile_consent"),
    path("asn/<slug:slug>/", directory.profile, name="profile"),
    path("asn/<slug:slug>.json", directory.profile_json, name="profile_json"),
    path("asn/<slug:slug>/lengkap/", desk.profile_full, name="profile_full"),
]
