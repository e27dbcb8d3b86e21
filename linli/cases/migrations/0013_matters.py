"""A reminder knows its case through its deadline; the common columns of a line; limits lie in the common table."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0012_into_the_inbox"),
    ]

    operations = [
        migrations.DeleteModel(name="ClockRule"),
        migrations.RemoveField(model_name="escalation", name="case"),
        migrations.AlterField(
            model_name="casemove", name="by_name", field=models.CharField(max_length=50)
        ),
        migrations.AlterField(
            model_name="casemove", name="to_stage", field=models.CharField(blank=True, max_length=16)
        ),
    ]
