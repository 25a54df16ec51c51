/* Preloaded into a process: makes one write, sync, rename or link below a folder fail.
 *
 * faults_arm(folder, number, error): the call of that number fails with the error, as do all after
 * it when the number is negative (then counted from its absolute value). faults_count() says how
 * many there were since. Calls on other files go through untouched.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

static char folder[4096];
static atomic_long count;
static long failing;
static int error_number;
static int for_ever;

void faults_arm(const char *where, long number, int error)
{
	strncpy(folder, where, sizeof folder - 1);
	for_ever = number < 0;
	failing = number < 0 ? -number : number;
	error_number = error;
	atomic_store(&count, 0);
}

long faults_count(void)
{
	return atomic_load(&count);
}

static int is_ours(const char *path)
{
	return folder[0] && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_open_ours(int descriptor)
{
	char link[64], path[4096];
	if (!folder[0])
		return 0;
	snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0)
		return 0;
	path[length] = 0;
	return is_ours(path);
}

static int fails(void)
{
	long number = atomic_fetch_add(&count, 1) + 1;
	if (number == failing || (for_ever && number > failing)) {
		errno = error_number;
		return 1;
	}
	return 0;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int descriptor, const void *bytes, size_t size)
{
	if (is_open_ours(descriptor) && fails())
		return -1;
	return REAL(ssize_t, write, int, const void *, size_t)(descriptor, bytes, size);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off_t at)
{
	if (is_open_ours(descriptor) && fails())
		return -1;
	return REAL(ssize_t, pwrite64, int, const void *, size_t, off_t)(descriptor, bytes, size, at);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size)
{
	if (is_open_ours(to) && fails())
		return -1;
	return REAL(ssize_t, sendfile64, int, int, off64_t *, size_t)(to, from, at, size);
}

int fsync(int descriptor)
{
	if (is_open_ours(descriptor) && fails())
		return -1;
	return REAL(int, fsync, int)(descriptor);
}

int fdatasync(int descriptor)
{
	if (is_open_ours(descriptor) && fails())
		return -1;
	return REAL(int, fdatasync, int)(descriptor);
}

int rename(const char *from, const char *to)
{
	if (is_ours(to) && fails())
		return -1;
	return REAL(int, rename, const char *, const char *)(from, to);
}

int link(const char *from, const char *to)
{
	if (is_ours(to) && fails())
		return -1;
	return REAL(int, link, const char *, const char *)(from, to);
}
