"""A Django project that receives webhooks, with its guards."""
