/*
 * The benchmark's score in plain C: the default network over real[] with made-up weights, without logarithms,
 * model look-up, NULLs or a choice of lengths.
 */
#include "postgres.h"

#include <math.h>

#include "fmgr.h"
#include "utils/array.h"

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(plain_uplift);

enum { INPUTS = 32, FIRST = 64, SECOND = 32, OUTPUTS = 3 };

static float means[INPUTS], scales[INPUTS];
static float weights1[INPUTS][FIRST], biases1[FIRST];
static float weights2[FIRST][SECOND], biases2[SECOND];
static float weights3[SECOND][OUTPUTS], skip[INPUTS][OUTPUTS];

static void
make_up(float *numbers, int count)
{
	for (int i = 0; i < count; i++)
		numbers[i] = (float) ((i * 7919) % 2003 - 1001) / 4000.0f;
}

void
_PG_init(void)
{
	make_up(means, INPUTS);
	make_up(scales, INPUTS);
	make_up(weights1[0], INPUTS * FIRST);
	make_up(biases1, FIRST);
	make_up(weights2[0], FIRST * SECOND);
	make_up(biases2, SECOND);
	make_up(weights3[0], SECOND * OUTPUTS);
	make_up(skip[0], INPUTS * OUTPUTS);
}

Datum
plain_uplift(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	const float *features = (const float *) ARR_DATA_PTR(array);
	float		x[INPUTS], first[FIRST], second[SECOND], logits[OUTPUTS];
	double		largest, total = 0, p[OUTPUTS];

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != INPUTS || ARR_HASNULL(array))
		elog(ERROR, "features must be %d numbers", INPUTS);
	for (int i = 0; i < INPUTS; i++)
	{
		float		standard = (features[i] - means[i]) * scales[i];

		x[i] = standard < -5 ? -5 : standard > 5 ? 5 : standard;
	}
	for (int j = 0; j < FIRST; j++)
		first[j] = biases1[j];
	for (int i = 0; i < INPUTS; i++)
		for (int j = 0; j < FIRST; j++)
			first[j] += x[i] * weights1[i][j];
	for (int j = 0; j < FIRST; j++)
		first[j] = first[j] > 0 ? first[j] : 0;
	for (int j = 0; j < SECOND; j++)
		second[j] = biases2[j];
	for (int i = 0; i < FIRST; i++)
		for (int j = 0; j < SECOND; j++)
			second[j] += first[i] * weights2[i][j];
	for (int j = 0; j < SECOND; j++)
		second[j] = second[j] > 0 ? second[j] : 0;
	for (int k = 0; k < OUTPUTS; k++)
	{
		logits[k] = 0;
		for (int i = 0; i < SECOND; i++)
			logits[k] += second[i] * weights3[i][k];
		for (int i = 0; i < INPUTS; i++)
			logits[k] += x[i] * skip[i][k];
	}
	largest = Max(logits[0], Max(logits[1], logits[2]));
	for (int k = 0; k < OUTPUTS; k++)
		total += p[k] = exp(logits[k] - largest);
	PG_RETURN_FLOAT8(p[2] / total);
}
