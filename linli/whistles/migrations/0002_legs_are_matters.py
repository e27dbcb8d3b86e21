"""A leg gets the columns that every matter has; a line, a clock and a picture those of every kind."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('whistles', '0001_initial'),
        ('matters', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='WhistleKind',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True)),
                ('name', models.CharField(max_length=20)),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(model_name='whistle', name='kind', field=models.CharField(max_length=12)),
        migrations.RemoveConstraint(model_name='whistle', name='cases_whistle_position'),
        migrations.AddConstraint(model_name='whistle', constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), models.Q(('lat__isnull', True), ('lon__isnull', True)), _connector='OR'), name='whistles_whistle_position', violation_error_message='经度和纬度要么都填，要么都不填，并且在有效范围内。')),
        migrations.RemoveConstraint(model_name='whistle', name='cases_whistle_grid_in_community'),
        migrations.AddConstraint(model_name='whistle', constraint=models.CheckConstraint(condition=models.Q(('grid', None), ('community__isnull', False), _connector='OR'), name='whistles_whistle_grid_in_community')),
        migrations.RemoveConstraint(model_name='jointmeeting', name='cases_jointmeeting_position'),
        migrations.AddConstraint(model_name='jointmeeting', constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), models.Q(('lat__isnull', True), ('lon__isnull', True)), _connector='OR'), name='whistles_jointmeeting_position', violation_error_message='经度和纬度要么都填，要么都不填，并且在有效范围内。')),
        migrations.RemoveConstraint(model_name='jointmeeting', name='cases_jointmeeting_grid_in_community'),
        migrations.AddConstraint(model_name='jointmeeting', constraint=models.CheckConstraint(condition=models.Q(('grid', None), ('community__isnull', False), _connector='OR'), name='whistles_jointmeeting_grid_in_community')),
        migrations.RemoveIndex(model_name='whistleleg', name='leg_unit'),
        migrations.RemoveConstraint(model_name='whistleleg', name='one_open_leg_of_a_unit'),
        migrations.RenameField(model_name='whistleleg', old_name='organization', new_name='handling_org'),
        migrations.RenameField(model_name='whistleleg', old_name='ended_at', new_name='closed_at'),
        migrations.AlterField(model_name='whistleleg', name='handling_org', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organization')),
        migrations.AlterField(model_name='whistleleg', name='owner', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
        migrations.AlterField(model_name='whistleleg', name='stage', field=models.CharField(default='waiting', max_length=16)),
        migrations.AddField(model_name='whistleleg', name='open', field=models.BooleanField(default=True)),
        migrations.AddField(model_name='whistleleg', name='version', field=models.PositiveIntegerField(default=1)),
        migrations.AddField(model_name='whistleleg', name='changed_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='whistleleg', name='yellow_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='whistleleg', name='suspended_until', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='whistleleg', name='lon', field=models.FloatField(null=True)),
        migrations.AddField(model_name='whistleleg', name='lat', field=models.FloatField(null=True)),
        migrations.AddField(model_name='whistleleg', name='district', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AddField(model_name='whistleleg', name='subdistrict', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AddField(model_name='whistleleg', name='community', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AddField(model_name='whistleleg', name='grid', field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AddField(model_name='legdeadline', name='extensions', field=models.PositiveSmallIntegerField(default=0)),
        migrations.AddField(model_name='legdeadline', name='pauses', field=models.JSONField(default=list)),
        migrations.RenameModel(old_name='LegTelling', new_name='LegReminder'),
        migrations.AddField(model_name='whistleline', name='by_kind', field=models.CharField(default='staff', max_length=12), preserve_default=False),
        migrations.AddField(model_name='whistleline', name='public_text', field=models.TextField(blank=True)),
        migrations.AlterField(model_name='whistleline', name='from_stage', field=models.CharField(blank=True, max_length=16)),
        migrations.AlterField(model_name='whistleline', name='to_stage', field=models.CharField(blank=True, max_length=16)),
        migrations.AlterField(model_name='whistleline', name='note', field=models.TextField(blank=True)),
        migrations.RenameField(model_name='whistlephoto', old_name='line', new_name='entry'),
        migrations.AddField(model_name='whistlephoto', name='kind', field=models.CharField(blank=True, max_length=16)),
    ]
