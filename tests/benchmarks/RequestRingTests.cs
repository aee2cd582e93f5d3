using System.Text;
using System.Text.Json;
using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Tests;

/// <summary>The requests of a load.</summary>
public sealed class RequestRingTests
{
    private static readonly string[] Recipients = ["anna", "bert", "carl"];

    [Fact]
    public void Each_send_goes_to_the_next_recipient_and_the_first_follows_the_last()
    {
        var ring = RequestRing.OfSends("token", Recipients, first: 1, depth: 2);
        Assert.Equal(
            ["bert carl", "anna bert", "carl anna"],
            Enumerable.Range(0, 3).Select(_ => string.Join(' ', Next(ring).TrimEnd().Split("\r\n").Select(line => line.Split(' ')[2]))));
    }

    [Fact]
    public void Requests_that_must_not_be_repeated_have_each_a_number_of_their_own()
    {
        var lines = RequestRing.OfSendOnce("token", Recipients, first: 0);
        var ids = Enumerable.Range(0, 7).Select(_ => Next(lines).Split(' ')[2]).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Equal(RequestRing.Number.Length, id.Length));

        var posts = RequestRing.OfPosts("token", Recipients, first: 0, hasKey: true);
        var keys = Enumerable.Range(0, 7).Select(_ => Next(posts).Split("\r\n").Single(IsKey));
        Assert.Equal(7, keys.Distinct().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_post_says_how_long_its_body_is_and_the_body_names_the_recipient(bool hasKey)
    {
        var ring = RequestRing.OfPosts("token", Recipients, first: 2, hasKey);
        foreach (var recipient in new[] { "carl", "anna", "bert", "carl" })
        {
            var (head, body) = Next(ring).Split("\r\n\r\n") is [var first, var second] ? (first, second) : default;
            Assert.Contains($"\r\nContent-Length: {body.Length}", head, StringComparison.Ordinal);
            Assert.Equal(hasKey, head.Contains("Idempotency-Key", StringComparison.Ordinal));
            Assert.Equal($"@{recipient}", JsonDocument.Parse(body).RootElement.GetProperty("to").GetString());
        }
    }

    private static bool IsKey(string header) => header.StartsWith("Idempotency-Key: ", StringComparison.Ordinal);

    private static string Next(RequestRing ring) => Encoding.ASCII.GetString(ring.Next());
}
