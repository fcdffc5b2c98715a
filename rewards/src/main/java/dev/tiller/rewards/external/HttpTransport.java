package dev.tiller.rewards.external;

import dev.tiller.rewards.RewardFailedException;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Requests by POST. */
final class HttpTransport implements Transport {
    private final HttpReward.Options options;
    private final HttpRequest.Builder template;
    private final RetryPause pause;
    private final AtomicLong requests = new AtomicLong();
    private final HttpClient client;

    HttpTransport(HttpReward.Options options) {
        this.options = options;
        this.template = HttpRequest.newBuilder(uri(options.url()));
        template.setHeader("Content-Type", "application/json");
        for (String header : options.headers()) {
            HttpHeader.parse(header, System.getenv()).addTo(template);
        }
        this.pause = new RetryPause(options.backoffSeconds());
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(seconds(options.timeoutSeconds()))
                        .build();
    }

    private static URI uri(String url) {
        try {
            URI uri = URI.create(url);
            HttpRequest.newBuilder(uri); // knows which schemes and hosts are possible
            return uri;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "url of reward 'http' must be an address with http or https, got '"
                            + url
                            + "'; write for example http://localhost:8000/score",
                    e);
        }
    }

    @Override
    public Answer ask(List<String> designs, int failures)
            throws BatchFailure, InterruptedException {
        long id = requests.getAndIncrement();
        HttpRequest request =
                template.copy()
                        .POST(
                                HttpRequest.BodyPublishers.ofString(
                                        ScoreProtocol.request(id, designs)))
                        .build();
        HttpResponse<String> response = send(request, designs.size(), failures);
        int status = response.statusCode();
        if (status == 200) {
            return answer(response.body(), id, designs.size(), failures);
        }
        String told = ScoreProtocol.shortened(response.body());
        String reason = "it gave status " + status + (told.isEmpty() ? "" : ": " + told);
        if (status == 429 || status >= 500) {
            Optional<String> retryAfter = response.headers().firstValue("Retry-After");
            throw new BatchFailure(reason, List.of(), pause.after(failures, retryAfter));
        }
        throw new RewardFailedException(
                "reward 'http' was refused by " + options.url() + ": " + reason,
                List.of(),
                List.of());
    }

    private Answer answer(String body, long id, int designs, int failures) throws BatchFailure {
        try {
            return ScoreProtocol.answer(body, id, designs);
        } catch (BatchFailure e) {
            throw failure(e.getMessage(), failures);
        }
    }

    /** Sends within the time-out, which includes the body of the response. */
    private HttpResponse<String> send(HttpRequest request, int designs, int failures)
            throws BatchFailure, InterruptedException {
        int mostBytes = ScoreProtocol.mostBytes(designs);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request, headers -> limited(mostBytes));
        try {
            long nanos = seconds(options.timeoutSeconds()).toNanos();
            return response.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failure("it gave no answer within " + options.timeoutSeconds() + " s", failures);
        } catch (ExecutionException e) {
            throw failure("it cannot be reached: " + e.getCause(), failures);
        } finally {
            response.cancel(true);
        }
    }

    private BatchFailure failure(String reason, int failures) {
        return new BatchFailure(reason, List.of(), pause.after(failures, Optional.empty()));
    }

    /** Reads a body as text, and of a body that is too long no more than the most. */
    private static HttpResponse.BodySubscriber<String> limited(int mostBytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        HttpResponse.BodySubscriber<Void> reader =
                HttpResponse.BodySubscribers.ofByteArrayConsumer(
                        chunk ->
                                chunk.ifPresent(
                                        bytes -> {
                                            int room = mostBytes - body.size();
                                            body.write(bytes, 0, Math.min(room, bytes.length));
                                        }));
        return HttpResponse.BodySubscribers.mapping(
                reader, end -> body.toString(StandardCharsets.UTF_8));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (1e9 * seconds));
    }

    @Override
    public void close() {
        // the threads that waited for responses were interrupted, which breaks the requests off
    }
}
