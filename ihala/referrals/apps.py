from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "ihala.referrals"
    label = "referrals"
