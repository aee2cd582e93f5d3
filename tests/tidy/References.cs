using Mono.Cecil;
using Mono.Cecil.Cil;

namespace OrleansChat.Tidy.Tests;

/// <summary>What compiled types refer to: in their bases, signatures, attributes and code.</summary>
internal static class References
{
    /// <summary>The folder of a type below its room's namespace; empty for the room itself.</summary>
    public static string FolderOf(TypeReference type, string room)
    {
        while (type.DeclaringType is not null) type = type.DeclaringType;
        return type.Namespace.Length > room.Length ? type.Namespace[(room.Length + 1)..] : "";
    }

    /// <summary>All types that one refers to, without its generic arguments twice.</summary>
    public static IEnumerable<TypeReference> Of(TypeDefinition type) => Direct(type).OfType<TypeReference>().SelectMany(Parts);

    private static IEnumerable<TypeReference?> Direct(TypeDefinition type)
    {
        yield return type.BaseType;
        foreach (var implemented in type.Interfaces) yield return implemented.InterfaceType;
        foreach (var attribute in type.CustomAttributes) yield return attribute.AttributeType;
        foreach (var field in type.Fields) yield return field.FieldType;
        foreach (var parameter in type.GenericParameters.SelectMany(parameter => parameter.Constraints))
            yield return parameter.ConstraintType;
        foreach (var method in type.Methods)
        {
            yield return method.ReturnType;
            foreach (var parameter in method.Parameters) yield return parameter.ParameterType;
            if (!method.HasBody) continue;
            foreach (var variable in method.Body.Variables) yield return variable.VariableType;
            foreach (var handler in method.Body.ExceptionHandlers) yield return handler.CatchType;
            foreach (var used in method.Body.Instructions.SelectMany(Operands)) yield return used;
        }
    }

    private static IEnumerable<TypeReference?> Operands(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => Parts(generic.ElementType).Concat(generic.GenericArguments.SelectMany(Parts)),
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
