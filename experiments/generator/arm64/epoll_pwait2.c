/* epoll_pwait2(2) by epoll_pwait(2), for an emulator that does not know the former. Waits are whole milliseconds, rounded up. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/epoll.h>
#include <time.h>

int epoll_pwait2(int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout, const sigset_t *sigmask)
{
    int ms = timeout == NULL ? -1 : (int)(timeout->tv_sec * 1000 + (timeout->tv_nsec + 999999) / 1000000);
    return epoll_pwait(epfd, events, maxevents, ms, sigmask);
}
