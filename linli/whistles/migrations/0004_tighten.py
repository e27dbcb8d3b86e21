"""What every leg has now is asked of every leg; the old table of limits goes."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('whistles', '0003_fill_in'),
    ]

    operations = [
        migrations.DeleteModel(name='WhistleRule'),
        migrations.AlterField(model_name='whistleleg', name='changed_at', field=models.DateTimeField()),
        migrations.AlterField(model_name='whistleleg', name='district', field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AlterField(model_name='whistleleg', name='subdistrict', field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.area')),
        migrations.AddIndex(model_name='whistleleg', index=models.Index(fields=['handling_org', 'stage'], name='leg_unit')),
        migrations.AddConstraint(model_name='whistleleg', constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('whistle', 'handling_org'), name='one_open_leg_of_a_unit')),
        migrations.AddConstraint(model_name='whistleleg', constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', False), ('lat__range', (-90, 90)), ('lon__isnull', False), ('lon__range', (-180, 180))), models.Q(('lat__isnull', True), ('lon__isnull', True)), _connector='OR'), name='whistles_whistleleg_position', violation_error_message='经度和纬度要么都填，要么都不填，并且在有效范围内。')),
        migrations.AddConstraint(model_name='whistleleg', constraint=models.CheckConstraint(condition=models.Q(('grid', None), ('community__isnull', False), _connector='OR'), name='whistles_whistleleg_grid_in_community')),
    ]
