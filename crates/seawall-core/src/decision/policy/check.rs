//! Do the types of a rule fit, before anyone is judged by it?
//!
//! The crate that evaluates CEL has no checker, so this is one: over the syntax tree, for the part of the language that a
//! rule needs. What it does not know it refuses, so that nothing is found out with the first account.

use cel::{
    Program,
    common::ast::{CallExpr, Expr, IdedExpr, LiteralValue},
};

use super::{
    file::{PolicyError, RuleFile},
    variables::{VARIABLES, Variable, VariableType},
};
use crate::decision::Answer;

/// Type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    One(VariableType),
    List(VariableType),
}

const BOOL: Type = Type::One(VariableType::Bool);
const INT: Type = Type::One(VariableType::Int);
const DOUBLE: Type = Type::One(VariableType::Double);
const STRING: Type = Type::One(VariableType::String);
/// Nesting that is checked; the parser has a limit of its own.
const DEPTH_MAX: usize = 64;

/// Compiles a rule and checks it.
pub(super) fn compile(rule: &RuleFile) -> Result<Program, PolicyError> {
    let wrong = |why: String| PolicyError::Rule { rule: rule.id.clone(), why };
    let program = Program::compile(&rule.when)
        .map_err(|error| wrong(format!("not an expression: {}", first_line(&error.to_string()))))?;
    let mut checker = Checker { used: Vec::new() };
    let found = checker.check(program.expression(), 0).map_err(&wrong)?;
    if found != BOOL {
        return Err(wrong(format!("gives {}, and a rule gives bool", name(found))));
    }
    let provisional = checker.used.iter().find(|variable| variable.provisional);
    if let Some(variable) = provisional.filter(|_| rule.decision == Answer::Block) {
        return Err(wrong(format!(
            "`{}` may be a reason to challenge, never one to block",
            variable.name
        )));
    }
    Ok(program)
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

fn name(found: Type) -> String {
    match found {
        Type::One(one) => one.as_str().to_owned(),
        Type::List(one) => format!("list of {}", one.as_str()),
    }
}

struct Checker {
    used: Vec<&'static Variable>,
}

impl Checker {
    fn check(&mut self, expression: &IdedExpr, depth: usize) -> Result<Type, String> {
        if depth > DEPTH_MAX {
            return Err("nested too deeply".to_owned());
        }
        match &expression.expr {
            Expr::Literal(literal) => literal_type(literal),
            Expr::Ident(_) | Expr::Select(_) => self.variable(&expression.expr),
            Expr::List(list) => {
                let mut types = Vec::new();
                for element in &list.elements {
                    types.push(self.check(element, depth + 1)?);
                }
                match types.split_first() {
                    Some((Type::One(first), rest)) if rest.iter().all(|other| *other == Type::One(*first)) => {
                        Ok(Type::List(*first))
                    }
                    _ => Err("a list has elements of one type, and at least one".to_owned()),
                }
            }
            Expr::Call(call) => self.call(call, depth),
            _ => Err("only variables, numbers, texts, lists, comparisons and their combinations are known".to_owned()),
        }
    }

    fn variable(&mut self, expression: &Expr) -> Result<Type, String> {
        let written = qualified(expression).ok_or("a field of something that is no variable")?;
        let known = VARIABLES.iter().find(|variable| variable.name == written);
        let variable = known.ok_or_else(|| format!("no variable `{written}`"))?;
        self.used.push(variable);
        Ok(Type::One(variable.variable_type))
    }

    fn call(&mut self, call: &CallExpr, depth: usize) -> Result<Type, String> {
        let mut types = Vec::new();
        for argument in call.target.as_deref().into_iter().chain(&call.args) {
            types.push(self.check(argument, depth + 1)?);
        }
        let number = |one: Type| one == INT || one == DOUBLE;
        let found = match (call.func_name.as_str(), types.as_slice()) {
            ("_&&_" | "_||_", [BOOL, BOOL])
            | ("!_", [BOOL])
            | ("startsWith" | "endsWith" | "contains", [STRING, STRING]) => BOOL,
            ("_==_" | "_!=_", [a, b]) if a == b || number(*a) && number(*b) => BOOL,
            ("_<_" | "_<=_" | "_>_" | "_>=_", [a, b])
                if number(*a) && number(*b) || (*a, *b) == (STRING, STRING) =>
            {
                BOOL
            }
            ("@in", [Type::One(a), Type::List(b)]) if a == b => BOOL,
            ("_+_" | "_-_" | "_*_" | "_/_", [a, b]) if a == b && number(*a) => *a,
            ("-_", [a]) if number(*a) => *a,
            ("_?_:_", [BOOL, a, b]) if a == b => *a,
            ("_%_", [INT, INT]) | ("size", [STRING | Type::List(_)]) | ("int", [DOUBLE]) => INT,
            ("double", [INT]) => DOUBLE,
            (function, types) => {
                let types: Vec<String> = types.iter().map(|one| name(*one)).collect();
                let function = function.trim_matches(['_', '@']);
                return Err(format!("`{function}` of {} is not known", types.join(" and ")));
            }
        };
        Ok(found)
    }
}

fn literal_type(literal: &LiteralValue) -> Result<Type, String> {
    match literal {
        LiteralValue::Boolean(_) => Ok(BOOL),
        LiteralValue::Int(_) => Ok(INT),
        LiteralValue::Double(_) => Ok(DOUBLE),
        LiteralValue::String(_) => Ok(STRING),
        _ => Err("only true, false, numbers and texts are known".to_owned()),
    }
}

/// `a.b.c`, where the expression spells such a name.
fn qualified(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Ident(name) => Some(name.clone()),
        Expr::Select(select) if !select.test => {
            Some(format!("{}.{}", qualified(&select.operand.expr)?, select.field))
        }
        _ => None,
    }
}
