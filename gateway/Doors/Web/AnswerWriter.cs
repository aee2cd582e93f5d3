using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansChat.Gateway.Doors.Web.Requests;

namespace OrleansChat.Gateway.Doors.Web;

/// <summary>Writes bodies of answers.</summary>
internal static class AnswerWriter
{
    public const string ContentType = "application/json; charset=utf-8";

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    /// <summary>Writes a body, as fast as the client takes it.</summary>
    public static async Task WriteAsync(HttpContext context, WebConnection connection, object body, JsonTypeInfo type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options with { Encoder = type.Options.Encoder }))
            JsonSerializer.Serialize(writer, body, type);
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = buffer.WrittenCount;
        connection.Writes(buffer.WrittenCount);
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
