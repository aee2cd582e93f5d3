using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Requests;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>Writes bodies of answers.</summary>
internal static class AnswerWriter
{
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>Makes the bytes of an answer, and forgets what they were made from: a slow client keeps only the bytes in memory.</summary>
    public static ReadOnlyMemory<byte> Serialize(ref WebAnswer answer)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(answer.Body, answer.Type!);
        answer = WebAnswer.Done;
        return bytes;
    }

    /// <summary>Writes an answer, as fast as the client takes it.</summary>
    public static async Task WriteAsync(HttpContext context, WebConnection connection, ReadOnlyMemory<byte> bytes)
    {
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = bytes.Length;
        // It is in memory twice: here, and where Kestrel copies it.
        connection.Writes(2L * bytes.Length);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
