using System.Text;
using OrleansChat.Bench.Abuse;
using OrleansChat.Bench.Load;

namespace OrleansChat.Bench.Tests;

/// <summary>How replies are told from each other, however they arrive.</summary>
public sealed class ReplyTests
{
    private const string Answer = "HTTP/1.1 201 Created\r\nContent-Length: 5\r\nCache-Control: no-store\r\n\r\n{...}";
    private const string Sent = "{\"status\": \"OK\", \"message\": \"Message Sent\"}\r\n\r\n";

    [Theory]
    [InlineData(Answer)]
    [InlineData(Sent)]
    public void A_reply_is_taken_when_all_of_it_is_here_in_whatever_pieces(string reply)
    {
        var pattern = reply == Sent ? ReplyPattern.Sent : ReplyPattern.Created;
        var arrived = Encoding.ASCII.GetBytes(reply + reply);
        for (var piece = 1; piece <= reply.Length; piece++)
        {
            var searched = 0;
            for (var length = piece; length < reply.Length; length += piece)
                Assert.Equal(0, pattern.Take(arrived.AsSpan(0, length), ref searched));
            Assert.Equal(reply.Length, pattern.Take(arrived, ref searched));
            Assert.Equal(reply.Length, pattern.Take(arrived.AsSpan(reply.Length), ref searched));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{...}")]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\n{...}")]
    [InlineData("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{...}\r\n0\r\n\r\n")]
    public void Any_other_answer_ends_the_run(string answer)
    {
        var searched = 0;
        var exception = Assert.Throws<BenchException>(() => ReplyPattern.Created.Take(Encoding.ASCII.GetBytes(answer), ref searched));
        Assert.Contains(answer[..12], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attackers_replies_and_refusals_are_counted_once_however_they_are_split()
    {
        const string Refusal = "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\n\r\n{...}";
        AssertCounts(ReplyMarks.Web, Answer + Refusal + Answer + "HTTP/1.1 503 Service Unavailable\r\n\r\n", marks: 4, refusals: 2);
        AssertCounts(ReplyMarks.Text, Sent + "{\"status\": \"ERROR\", \"message\": \"No\"}\r\n\r\n" + Sent, marks: 6, refusals: 1);
    }

    private static void AssertCounts(ReplyMarks door, string said, int marks, int refusals)
    {
        var bytes = Encoding.ASCII.GetBytes(said);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var (kept, counted) = (0, (Marks: 0, Refusals: 0));
            for (var start = 0; start < bytes.Length; start += piece)
            {
                var end = Math.Min(bytes.Length, start + piece);
                var (more, refused) = door.CountNew(bytes.AsSpan((start - kept)..end), kept);
                counted = (counted.Marks + more, counted.Refusals + refused);
                kept = Math.Min(end - start + kept, door.Kept);
            }
            Assert.Equal((marks, refusals), counted);
        }
    }
}
