"""The sheet of an order and its papers, renamed as they are: no row is copied."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("orderfile", "orderhandling")


class Migration(migrations.Migration):

    dependencies = [
        ('hotline', '0002_rights'),
        ('cases', '0017_papers_leave'),
        ('files', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f'ALTER TABLE "cases_{name}" RENAME TO "hotline_{name}"',
                    f'ALTER TABLE "hotline_{name}" RENAME TO "cases_{name}"',
                )
                for name in TABLES
            ],
            state_operations=[
                migrations.CreateModel(
                    name='OrderFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('identity', '证件附件'), ('contact', '联系证据'), ('handling', '办理附件')], max_length=12)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('case', 'file', 'kind'), name='one_paper_once')],
                    },
                ),
                migrations.CreateModel(
                    name='OrderHandling',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('is_true', models.BooleanField(null=True)),
                        ('beyond_duty', models.BooleanField(null=True)),
                        ('contacted', models.BooleanField(null=True)),
                        ('contact_number', models.CharField(blank=True, max_length=20)),
                        ('contacted_at', models.DateTimeField(null=True)),
                        ('solved', models.CharField(blank=True, choices=[('solved', '已解决'), ('partly_solved', '部分解决'), ('not_solved', '未解决')], max_length=16)),
                        ('unresolved_reason', models.CharField(blank=True, max_length=500)),
                        ('method', models.CharField(blank=True, choices=[('phone', '电话'), ('on_site', '现场'), ('forwarded', '系统转派'), ('joint', '联合办理')], max_length=12)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
                        ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('contacted', True), models.Q(('contact_number', ''), ('contacted_at', None)), _connector='OR'), name='a_contact_has_its_number_and_time'), models.CheckConstraint(condition=models.Q(('solved__in', ('partly_solved', 'not_solved')), ('unresolved_reason', ''), _connector='OR'), name='only_what_is_not_solved_has_a_reason')],
                    },
                ),
            ],
        ),
    ]
