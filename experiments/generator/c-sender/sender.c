/*
 * The bare sender: what sending at a fixed rate costs on this kernel. One thread, one epoll set, a due time as the time-out of
 * the same wait that answers end; each answer's status and length are looked at and its latency from the due time is kept.
 * It knows one request and answers with a content-length, and gives up at the first error: a floor, no load generator.
 *
 *   c-sender HOST PORT RATE SECONDS CONNECTIONS [BURST]      so many requests are due at once; prints {"p50Ms":…,"p90Ms":…,"p99Ms":…,"answered":…}
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DRAIN_NS = 1000000000, BATCH = 128 };

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int open_connection(const char *host, int port, int epoll_fd) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  int one = 1;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("socket");
  if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) != 0) fail("setsockopt");
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  return fd;
}

/* The whole answer is there when as many bytes have come as its head says; these targets write it at once. */
static int is_whole(const char *bytes, ssize_t length) {
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  const char *field = strcasestr(bytes, "content-length:");
  if (end == NULL || field == NULL || strncmp(bytes, "HTTP/1.1 200", 12) != 0) return 0;
  return bytes + length == end + 4 + atol(field + 15);
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

static double percentile_ms(const int64_t *sorted, long count, double percentile) {
  if (count == 0) return 0;
  long rank = (long)(percentile / 100 * count);
  return sorted[rank < count ? rank : count - 1] / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 6 && argc != 7) {
    fprintf(stderr, "usage: c-sender HOST PORT RATE SECONDS CONNECTIONS [BURST]\n");
    return 2;
  }
  const int port = atoi(argv[2]), connections = atoi(argv[5]);
  const long burst = argc == 7 ? atol(argv[6]) : 1;
  const double rate = atof(argv[3]), gap = 1e9 / rate;
  const long count = (long)(rate * atof(argv[4]));
  char request[256];
  const int length = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nhost: %s:%d\r\n\r\n", argv[1], port);
  prctl(PR_SET_TIMERSLACK, 1);

  const int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  int *idle = calloc(connections, sizeof *idle);
  for (int i = 0; i < connections; i++) idle[i] = open_connection(argv[1], port, epoll_fd);
  int highest = 0;
  for (int i = 0; i < connections; i++) highest = idle[i] > highest ? idle[i] : highest;
  int64_t *due_of = calloc(highest + 1, sizeof *due_of);
  int64_t *latency = calloc(count + 1, sizeof *latency);
  long first_idle = 0, idle_count = connections, sent = 0, answered = 0;
  const int64_t start = now_ns() + 5000000;
  const int64_t end = start + (int64_t)(count * gap) + DRAIN_NS;

  while (answered < count) {
    int64_t now = now_ns();
    int64_t due = start + (int64_t)(sent / burst * burst * gap);
    while (sent < count && due <= now && idle_count > 0) {
      const int fd = idle[first_idle];
      first_idle = (first_idle + 1) % connections;
      idle_count--;
      if (send(fd, request, length, MSG_NOSIGNAL) != length) fail("send");
      due_of[fd] = due;
      due = start + (int64_t)(++sent / burst * burst * gap);
      now = now_ns();
    }
    if (now >= end) break;
    int64_t wait = (sent < count && idle_count > 0 ? due : end) - now;
    struct timespec timeout = {.tv_sec = wait > 0 ? wait / 1000000000 : 0, .tv_nsec = wait > 0 ? wait % 1000000000 : 0};
    struct epoll_event events[BATCH];
    const int ready = epoll_pwait2(epoll_fd, events, BATCH, &timeout, NULL);
    if (ready < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < ready; i++) {
      char bytes[65537];
      const int fd = events[i].data.fd;
      const ssize_t got = recv(fd, bytes, sizeof bytes - 1, 0);
      if (got <= 0) fail("recv");
      bytes[got] = 0;
      if (!is_whole(bytes, got)) fail("answer");
      latency[answered++] = now_ns() - due_of[fd];
      idle[(first_idle + idle_count++) % connections] = fd;
    }
  }
  qsort(latency, answered, sizeof *latency, by_value);
  printf("{\"p50Ms\":%.4f,\"p90Ms\":%.4f,\"p99Ms\":%.4f,\"answered\":%ld}\n", percentile_ms(latency, answered, 50),
         percentile_ms(latency, answered, 90), percentile_ms(latency, answered, 99), answered);
  return 0;
}
