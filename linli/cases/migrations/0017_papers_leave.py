"""The sheet of a hotline order and its papers go to the hotline; the tables are renamed by `hotline.0003`."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0016_old_requests_decided"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel("OrderFile"),
                migrations.DeleteModel("OrderHandling"),
            ],
        ),
    ]
