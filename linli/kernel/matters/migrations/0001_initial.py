import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('people', '0001_initial'),
        ('places', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('matter_id', models.BigIntegerField()),
                ('by_kind', models.CharField(max_length=16)),
                ('by_id', models.BigIntegerField()),
                ('what', models.CharField(max_length=200)),
                ('since', models.DateTimeField()),
                ('released_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('released_at', None)), fields=['by_kind', 'by_id'], name='hold_by')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('kind', 'matter_id', 'by_kind', 'by_id'), name='held_once_by_a_matter')],
            },
        ),
        migrations.CreateModel(
            name='Limit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('clock', models.CharField(max_length=12)),
                ('variant', models.CharField(blank=True, max_length=16)),
                ('time_limit', models.CharField(blank=True, max_length=20)),
                ('levels', models.JSONField(default=list)),
                ('valid_from', models.DateField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'clock', 'variant', 'valid_from'), name='one_limit_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_kind', models.CharField(max_length=16)),
                ('from_id', models.BigIntegerField()),
                ('to_kind', models.CharField(max_length=16)),
                ('to_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['to_kind', 'to_id'], name='link_to')],
                'constraints': [models.UniqueConstraint(fields=('from_kind', 'from_id', 'to_kind', 'to_id'), name='linked_once')],
            },
        ),
        migrations.CreateModel(
            name='Deputy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField()),
                ('valid_until', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=100)),
                ('named_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('deputy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('named_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'indexes': [models.Index(fields=['deputy', 'valid_until'], name='deputy_days')],
                'constraints': [models.CheckConstraint(condition=models.Q(('staff', models.F('deputy')), _negated=True), name='nobody_is_the_own_deputy'), models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('valid_from'))), name='a_deputy_has_days')],
            },
        ),
        migrations.CreateModel(
            name='InboxEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=16)),
                ('matter_id', models.BigIntegerField()),
                ('stage', models.CharField(max_length=16)),
                ('may', models.CharField(max_length=40)),
                ('pressing', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(null=True)),
                ('yellow_at', models.DateTimeField(null=True)),
                ('suspended_until', models.DateTimeField(null=True)),
                ('community', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('district', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('grid', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
                ('handling_org', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organization')),
                ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                ('subdistrict', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
            ],
            options={
                'indexes': [models.Index(fields=['owner', 'due_at'], name='inbox_owner'), models.Index(fields=['handling_org', 'may'], name='inbox_unit')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'matter_id'), name='one_inbox_entry_a_matter')],
            },
        ),
    ]
