"""The tables of 吹哨报到 leave `cases`: renamed as they are, no row is copied."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = (
    "jointmeeting", "resolution", "whistle", "whistlecase", "whistleleg", "legdeadline", "whistleline",
    "whistlephoto", "whistlerule", "legtelling", "meetingunit",
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0011_whistles_leave'),
        ('files', '0001_initial'),
        ('organisations', '0001_initial'),
        ('people', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'ALTER TABLE "cases_{name}" RENAME TO "whistles_{name}"',
                    f'ALTER TABLE "whistles_{name}" RENAME TO "cases_{name}"',
                )
                for name in TABLES
            ],
            state_operations=[
                migrations.CreateModel(
                    name='JointMeeting',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lon', models.FloatField(null=True)),
                        ('lat', models.FloatField(null=True)),
                        ('title', models.CharField(max_length=100)),
                        ('held_at', models.DateTimeField()),
                        ('place', models.CharField(max_length=200)),
                        ('chair', models.CharField(max_length=50)),
                        ('agenda', models.JSONField(default=list)),
                        ('called_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('called_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('community', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('subdistrict', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ],
                ),
                migrations.CreateModel(
                    name='Resolution',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('point', models.PositiveSmallIntegerField()),
                        ('text', models.CharField(max_length=500)),
                        ('wanted_by', models.DateField(null=True)),
                        ('by_name', models.CharField(max_length=50)),
                        ('at', models.DateTimeField()),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.jointmeeting')),
                        ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organization')),
                        ('report', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.report')),
                    ],
                ),
                migrations.CreateModel(
                    name='Whistle',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('lon', models.FloatField(null=True)),
                        ('lat', models.FloatField(null=True)),
                        ('kind', models.CharField(choices=[('prominent', '群众反映突出'), ('enforcement', '综合执法'), ('emergency', '应急处置')], max_length=12)),
                        ('stage', models.CharField(default='raised', max_length=12)),
                        ('title', models.CharField(max_length=100)),
                        ('background', models.TextField(max_length=2000)),
                        ('address', models.CharField(blank=True, max_length=200)),
                        ('wanted', models.JSONField(default=list)),
                        ('meet_at', models.DateTimeField(null=True)),
                        ('meet_place', models.CharField(blank=True, max_length=200)),
                        ('plan', models.TextField(blank=True, max_length=2000)),
                        ('result', models.TextField(blank=True, max_length=2000)),
                        ('raised_at', models.DateTimeField()),
                        ('blown_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('community', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                        ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('subdistrict', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                    ],
                ),
                migrations.AddField(
                    model_name='jointmeeting',
                    name='whistle',
                    field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistle'),
                ),
                migrations.CreateModel(
                    name='WhistleCase',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('whistle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistle')),
                    ],
                ),
                migrations.CreateModel(
                    name='WhistleLeg',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('part', models.CharField(choices=[('lead', '主办'), ('assist', '协办')], max_length=8)),
                        ('task', models.CharField(blank=True, max_length=300)),
                        ('stage', models.CharField(default='waiting', max_length=12)),
                        ('designated', models.BooleanField(default=False)),
                        ('opened_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField(null=True)),
                        ('responded_at', models.DateTimeField(null=True)),
                        ('arrived_at', models.DateTimeField(null=True)),
                        ('handled_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('result', models.CharField(blank=True, max_length=500)),
                        ('arrival_score', models.PositiveSmallIntegerField(null=True)),
                        ('cooperation_score', models.PositiveSmallIntegerField(null=True)),
                        ('effect_score', models.PositiveSmallIntegerField(null=True)),
                        ('score_words', models.CharField(blank=True, max_length=300)),
                        ('reply', models.CharField(blank=True, max_length=500)),
                        ('came_from', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistleleg')),
                        ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organization')),
                        ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('whistle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistle')),
                    ],
                ),
                migrations.CreateModel(
                    name='LegDeadline',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('clock', models.CharField(max_length=12)),
                        ('limit', models.CharField(max_length=20)),
                        ('starts_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('derivation', models.JSONField(default=dict)),
                        ('stopped_at', models.DateTimeField(null=True)),
                        ('levels', models.JSONField(default=list)),
                        ('next_level', models.PositiveSmallIntegerField(default=0)),
                        ('next_at', models.DateTimeField(null=True)),
                        ('leg', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistleleg')),
                    ],
                ),
                migrations.CreateModel(
                    name='WhistleLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20)),
                        ('from_stage', models.CharField(blank=True, max_length=12)),
                        ('to_stage', models.CharField(blank=True, max_length=12)),
                        ('at', models.DateTimeField()),
                        ('by_name', models.CharField(max_length=50)),
                        ('note', models.CharField(blank=True, max_length=500)),
                        ('facts', models.JSONField(default=dict)),
                        ('by_staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('leg', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistleleg')),
                        ('whistle', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistle')),
                    ],
                ),
                migrations.CreateModel(
                    name='WhistlePhoto',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.whistleline')),
                    ],
                ),
                migrations.CreateModel(
                    name='WhistleRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=12)),
                        ('valid_from', models.DateField()),
                        ('respond_limit', models.CharField(blank=True, max_length=20)),
                        ('arrive_limit', models.CharField(blank=True, max_length=20)),
                        ('handle_limit', models.CharField(blank=True, max_length=20)),
                        ('check_limit', models.CharField(blank=True, max_length=20)),
                        ('score_limit', models.CharField(blank=True, max_length=20)),
                        ('designate_limit', models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('kind', 'valid_from'), name='one_whistle_rule_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='LegTelling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.PositiveSmallIntegerField()),
                        ('overdue', models.BooleanField()),
                        ('at', models.DateTimeField()),
                        ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.legdeadline')),
                        ('told', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('deadline', 'level'), name='leg_told_once_per_level')],
                    },
                ),
                migrations.CreateModel(
                    name='MeetingUnit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('came', models.BooleanField(null=True)),
                        ('meeting', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='whistles.jointmeeting')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organization')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('meeting', 'organization'), name='a_unit_is_invited_once')],
                    },
                ),
                migrations.AddIndex(
                    model_name='whistle',
                    index=models.Index(fields=['subdistrict', 'stage'], name='whistle_place'),
                ),
                migrations.AddConstraint(
                    model_name='whistle',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), models.Q(('lat__isnull', True), ('lon__isnull', True)), _connector='OR'), name='cases_whistle_position', violation_error_message='经度和纬度要么都填，要么都不填，并且在有效范围内。'),
                ),
                migrations.AddConstraint(
                    model_name='whistle',
                    constraint=models.CheckConstraint(condition=models.Q(('grid', None), ('community__isnull', False), _connector='OR'), name='cases_whistle_grid_in_community'),
                ),
                migrations.AddIndex(
                    model_name='jointmeeting',
                    index=models.Index(fields=['subdistrict', 'held_at'], name='meeting_place'),
                ),
                migrations.AddConstraint(
                    model_name='jointmeeting',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), models.Q(('lat__isnull', True), ('lon__isnull', True)), _connector='OR'), name='cases_jointmeeting_position', violation_error_message='经度和纬度要么都填，要么都不填，并且在有效范围内。'),
                ),
                migrations.AddConstraint(
                    model_name='jointmeeting',
                    constraint=models.CheckConstraint(condition=models.Q(('grid', None), ('community__isnull', False), _connector='OR'), name='cases_jointmeeting_grid_in_community'),
                ),
                migrations.AddConstraint(
                    model_name='whistlecase',
                    constraint=models.UniqueConstraint(fields=('whistle', 'case'), name='a_case_is_whistled_for_once'),
                ),
                migrations.AddIndex(
                    model_name='whistleleg',
                    index=models.Index(fields=['organization', 'stage'], name='leg_unit'),
                ),
                migrations.AddConstraint(
                    model_name='whistleleg',
                    constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('whistle', 'organization'), name='one_open_leg_of_a_unit'),
                ),
                migrations.AddConstraint(
                    model_name='whistleleg',
                    constraint=models.CheckConstraint(condition=models.Q(('arrival_score', None), ('arrival_score__range', (1, 5)), _connector='OR'), name='arrival_score_1_to_5'),
                ),
                migrations.AddConstraint(
                    model_name='whistleleg',
                    constraint=models.CheckConstraint(condition=models.Q(('cooperation_score', None), ('cooperation_score__range', (1, 5)), _connector='OR'), name='cooperation_score_1_to_5'),
                ),
                migrations.AddConstraint(
                    model_name='whistleleg',
                    constraint=models.CheckConstraint(condition=models.Q(('effect_score', None), ('effect_score__range', (1, 5)), _connector='OR'), name='effect_score_1_to_5'),
                ),
                migrations.AddIndex(
                    model_name='legdeadline',
                    index=models.Index(condition=models.Q(('next_at__isnull', False), ('stopped_at', None)), fields=['next_at', 'id'], name='leg_deadline_next'),
                ),
                migrations.AddIndex(
                    model_name='legdeadline',
                    index=models.Index(fields=['leg', 'id'], name='leg_deadline_leg'),
                ),
                migrations.AddConstraint(
                    model_name='legdeadline',
                    constraint=models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('leg',), name='one_running_clock_of_a_leg'),
                ),
                migrations.AddIndex(
                    model_name='whistleline',
                    index=models.Index(fields=['leg', 'code'], name='whistle_line_leg'),
                ),
            ],
        ),
    ]
